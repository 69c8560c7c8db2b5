import type { EndingAct } from './session-endings.ts';
import type { Write } from './unit-of-work.ts';

/**
 * The writes of `endings` for an act, with the messages to the services that took part in what ends.
 *
 * @param sessionUid - the session that acts; of `session.ended` the one that ends. Undefined: none of the account's
 */
export type EndingWrites = (
  act: EndingAct,
  whose: { readonly accountId: string; readonly sessionUid: string | undefined },
) => Promise<readonly Write[]>;
