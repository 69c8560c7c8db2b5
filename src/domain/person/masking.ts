import { graphemes } from '../characters.ts';

/**
 * Masking of personal data (ACC-15, GB/T 35273-2020 7.2): the only way to print it on pages, in messages, in logs and
 * in the audit trail.
 *
 * Every mask answers twice: `text` for the eye, and `spoken`, data from which a page makes a phrase for screen readers
 * ("mobile ending in 7931"), which would read asterisks one by one. The words are in the locale files, one per `kind`.
 * What cannot be masked with anything left to recognise it by is hidden whole.
 */

/** What a listener may hear. Each kind has all the values that its phrase needs. */
export type Spoken =
  | { kind: 'mobile'; ending: string }
  | { kind: 'document'; ending: string }
  | { kind: 'name-ending'; ending: string }
  | { kind: 'name-starting'; starting: string }
  | { kind: 'email'; starting: string; domain: string }
  | { kind: 'email-domain'; domain: string }
  | { kind: 'username'; starting: string; ending: string }
  | { kind: 'bank-card'; ending: string }
  | { kind: 'hidden' };

/** Personal data that may be shown. */
export interface Masked {
  readonly text: string;
  readonly spoken: Spoken;
}

/** Beijing keeps the last character of a name (`*格`), Hubei the first, the surname (`陈*`). */
export type NameMaskStyle = 'keep-last' | 'keep-first';

/**
 * How much of a document number is shown, and how many asterisks stand for the rest: a fixed number, so that the mask
 * does not tell how long the number is.
 */
export interface DocumentMaskShape {
  head: number;
  tail: number;
  stars: number;
}

/** `2224**********23`, as Beijing shows a verified identity (BND-06). */
const defaultDocumentMask: DocumentMaskShape = { head: 4, tail: 2, stars: 10 };

const hidden: Masked = { text: '****', spoken: { kind: 'hidden' } };

/** The masks, by what they mask. */
export const mask = {
  /** Nothing of it. */
  whole: (): Masked => hidden,

  /** `150****7931`. Numbers of another form show four digits at most. */
  mobile(mobile: string): Masked {
    if (mobile.length < 8) return hidden;
    const ending = mobile.slice(-4);
    const starting = mobile.length === 11 ? mobile.slice(0, 3) : '';
    return { text: `${starting}****${ending}`, spoken: { kind: 'mobile', ending } };
  },

  /**
   * `2224**********23`. Whatever the shape asks for, at most six characters are shown in front, four behind and half
   * of the number in all: identity cards hold the birth date in characters 7 to 14.
   */
  document(number: string, shape: DocumentMaskShape = defaultDocumentMask): Masked {
    const characters = [...number];
    const half = Math.floor(characters.length / 2);
    const tail = Math.min(shape.tail, 4, half);
    const head = Math.min(shape.head, 6, half - tail);
    const ending = tail > 0 ? characters.slice(-tail).join('') : '';
    const text = `${characters.slice(0, head).join('')}${'*'.repeat(shape.stars)}${ending}`;
    return { text, spoken: ending === '' ? hidden.spoken : { kind: 'document', ending } };
  },

  /** `*格` or `陈*`: one character is kept, the others are asterisks, at most four. */
  name(name: string, style: NameMaskStyle): Masked {
    const characters = graphemes(name);
    const first = characters[0];
    const last = characters.at(-1);
    if (characters.length < 2 || first === undefined || last === undefined) return { text: '*', spoken: hidden.spoken };
    const stars = '*'.repeat(Math.min(characters.length - 1, 4));
    return style === 'keep-first'
      ? { text: `${first}${stars}`, spoken: { kind: 'name-starting', starting: first } }
      : { text: `${stars}${last}`, spoken: { kind: 'name-ending', ending: last } };
  },

  /** `zh***@example.cn`; of short local parts less is shown. */
  email(email: string): Masked {
    const at = email.lastIndexOf('@');
    if (at < 1) return hidden;
    const local = graphemes(email.slice(0, at));
    const domain = email.slice(at + 1);
    const starting = local.slice(0, Math.min(2, Math.floor(local.length / 2))).join('');
    const spoken: Spoken = starting === '' ? { kind: 'email-domain', domain } : { kind: 'email', starting, domain };
    return { text: `${starting}***@${domain}`, spoken };
  },

  /** `b****9`. Generated user names hold a mobile number (REG-14), so no more than the two ends is ever shown. */
  username(username: string): Masked {
    const characters = graphemes(username);
    const starting = characters[0];
    const ending = characters.at(-1);
    if (characters.length < 4 || starting === undefined || ending === undefined) return hidden;
    return { text: `${starting}****${ending}`, spoken: { kind: 'username', starting, ending } };
  },

  /** `**** **** **** 1234`, from a whole number or from the last four digits, which are all that is kept of it. */
  bankCard(number: string): Masked {
    if (number.length !== 4 && number.length < 13) return hidden;
    const ending = number.slice(-4);
    return { text: `**** **** **** ${ending}`, spoken: { kind: 'bank-card', ending } };
  },
};
