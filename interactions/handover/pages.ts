import type { Ticket } from '../../src/domain/handover/ticket.ts';
import { momentText } from '../../src/http/moment.ts';
import type { ActModel, FormModel, Link, Locale, ProblemModel } from '../../src/http/page-model.ts';
import type { Say } from '../../src/http/words.ts';

/** What the second device shows. */

/** Who asks, and from where: what somebody recognises a browser of their own by. */
export interface AskerModel {
  /** Undefined: a page of the platform itself. */
  readonly service: string | undefined;
  readonly browser: string;
  readonly place: string;
  readonly since: string;
}

/** In front of the sign-in, or of a sign-in of now; nothing was scanned yet. */
export interface SignInModel {
  readonly asker: AskerModel;
  /** They are signed in, and the service wants a sign-in of now. */
  readonly tooOld: boolean;
  readonly signIn: Link;
}

export interface DecideModel {
  readonly asker: AskerModel;
  readonly numbers: readonly number[];
  readonly form: FormModel;
  readonly deny: ActModel;
}

export interface AskerFacts {
  readonly asker: Ticket['asker'];
  readonly service: string | undefined;
}

export function askerModel({ locale, say }: { readonly locale: Locale; readonly say: Say }, { asker, service }: AskerFacts): AskerModel {
  return {
    service,
    browser: asker.browser ?? say('handover.unknown-browser'),
    place: asker.place,
    since: momentText(locale, new Date(asker.since)),
  };
}

/** Why nothing comes of a decision, and where to go on. */
export interface RefusedModel {
  readonly problems: readonly ProblemModel[];
  readonly next: Link;
}

/** What ends a decision; anything else can be mended on its page. */
const ends = new Set(['handover.number', 'handover.gone', 'handover.sign-in']);

export function isOver(problems: readonly ProblemModel[]): boolean {
  return problems.some(({ code }) => ends.has(code));
}

/** @param again - where to sign in again, where that is what is missing */
export function refusedModel(say: Say, problems: readonly ProblemModel[], again: string): RefusedModel {
  const isTooOld = problems.some(({ code }) => code === 'handover.sign-in');
  return {
    problems,
    next: isTooOld ? { href: again, label: say('handover.sign-in') } : { href: '/account', label: say('handover.account') },
  };
}
