import type { AccountChange } from '../../../src/domain/presence/change.ts';
import { momentText } from '../../../src/http/moment.ts';
import type { ActModel, FormModel, Locale, MaskedModel } from '../../../src/http/page-model.ts';
import type { Say } from '../../../src/http/words.ts';

/** What the pages about a frozen change show. */

export type UndoState = 'open' | 'frozen' | 'returned';

export interface UndoModel {
  readonly state: UndoState;
  /** What was changed, and when. */
  readonly changes: readonly string[];
  /** Of the button that freezes. */
  readonly form: ActModel | undefined;
  readonly returnHref: string;
}

export interface UndoFacts extends Pick<UndoModel, 'state' | 'form' | 'returnHref'> {
  readonly changes: readonly Pick<AccountChange, 'act' | 'madeAt'>[];
}

export function undoModel({ locale, say }: { readonly locale: Locale; readonly say: Say }, { changes, ...facts }: UndoFacts): UndoModel {
  const textOf = ({ act, madeAt }: UndoFacts['changes'][number]) => say(`account.undo.act.${act}`, { at: momentText(locale, madeAt) });
  return { ...facts, changes: changes.map(textOf) };
}

export type ReturnWay = 'document' | 'password' | 'session';

/** The proof before the old values return. */
export interface ReturnModel {
  readonly way: ReturnWay;
  readonly form: FormModel;
  /** Where the code goes. */
  readonly channel: MaskedModel;
  readonly byEmail: boolean;
  readonly other: { readonly way: ReturnWay; readonly href: string } | undefined;
  readonly back: string;
}
