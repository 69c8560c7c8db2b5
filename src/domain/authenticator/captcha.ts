import { createHash, randomBytes, randomInt } from 'node:crypto';
import { secondsAfter, type Clock } from '../clock.ts';
import { fold } from '../folding.ts';
import type { CaptchaPolicy } from '../policy.ts';
import { Refused } from '../refused.ts';
import type { CaptchaStore } from '../short-lived.ts';

/**
 * A check that a person is there, before anything that costs money or can be guessed (REG-28, DIS-08).
 * One challenge has two answers of which either will do: the characters of a picture, or a proof of
 * work for people who cannot see it (UXP-04, WCAG 1.1.1). Single use, two minutes.
 */

const alphabets = {
  digits: '0123456789',
  // No two look alike when slanted and crossed by a line, nor does any like a character that is left out:
  // no 0 O D Q, 1 I, 2 Z, 5 S, 8 B, 6 G, 9, U V W, E's F, R's P, H's N. Capitals only: nobody has to tell c from C.
  alphanumeric: 'ACEHJKLMRTXY347',
} as const;

/** Leading zero bits of SHA-256 that a proof of work must show: about a second in a browser of a phone. */
export const puzzleBits = 17;

const ttlSeconds = 120;

export interface CaptchaAnswer {
  /** What the browser is known by, of which nothing is kept; a challenge is good for the one that got it. */
  readonly browser: string;
  readonly id: string | undefined;
  /** What was read from the picture. */
  readonly answer: string | undefined;
  /** Counter of the proof of work, decimal. */
  readonly proof: string | undefined;
}

/** A new challenge; its id doubles as the seed of the proof of work. */
export async function issueCaptcha(
  { captchas, clock }: { captchas: CaptchaStore; clock: Clock },
  policy: CaptchaPolicy,
  browser: string,
): Promise<{ id: string }> {
  const id = randomBytes(16).toString('base64url');
  const alphabet = alphabets[policy.alphabet];
  const answer = Array.from({ length: policy.length }, () => alphabet[randomInt(alphabet.length)]).join('');
  await captchas.put(id, bound(browser, answer), secondsAfter(clock.now(), ttlSeconds));
  return { id };
}

/**
 * Was anything answered? Asked together with what else is missing in a form, before the challenge is used up.
 *
 * @throws Refused captcha.required
 */
export function requireCaptchaAnswer({ id, answer, proof }: CaptchaAnswer): void {
  if (!id || (!answer && !proof)) throw new Refused('captcha.required', 'captcha');
}

/**
 * Uses the challenge up, whatever the answer.
 *
 * @throws Refused captcha.required without an answer, captcha.wrong for a wrong or used one
 */
export async function passCaptcha({ captchas, clock }: { captchas: CaptchaStore; clock: Clock }, given: CaptchaAnswer): Promise<void> {
  requireCaptchaAnswer(given);
  const { browser, id = '', answer, proof } = given;
  const now = clock.now();
  const expected = await captchas.read(id, now);
  const solved = proof !== undefined && proof !== '' && isForBrowser(expected, browser) && proves(id, proof);
  // Either way one conditional act decides who used it: a proof is redeemed with the stored answer.
  const result = await captchas.redeem(id, solved ? expected : bound(browser, fold('captcha', answer ?? '')), now);
  if (result !== 'ok') throw new Refused('captcha.wrong', 'captcha');
}

/** Is the stored challenge this browser's? */
export function isForBrowser(stored: string | undefined, browser: string): stored is string {
  return stored?.startsWith(bound(browser, '')) === true;
}

/** What a picture of a stored challenge shows. */
export function shownAnswer(stored: string): string {
  return stored.slice(stored.indexOf(':') + 1);
}

function bound(browser: string, answer: string): string {
  return `${createHash('sha256').update(browser).digest('base64url')}:${answer}`;
}

/** SHA-256(`id:counter`) begins with `puzzleBits` zero bits. */
function proves(id: string, counter: string): boolean {
  if (!/^\d{1,12}$/.test(counter)) return false;
  const head = createHash('sha256').update(`${id}:${counter}`).digest().readUInt32BE(0);
  return Math.clz32(head) >= puzzleBits;
}
