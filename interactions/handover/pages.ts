import type { Ticket } from '../../src/domain/handover/ticket.ts';
import { momentText } from '../../src/http/moment.ts';
import type { ActModel, FormModel, Link, Locale } from '../../src/http/page-model.ts';
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
  readonly again: boolean;
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
