import type { AccountChange, Thing } from '../../../src/domain/presence/change.ts';
import { momentText } from '../../../src/http/moment.ts';
import type { ActModel, FormModel, Locale, MaskedModel } from '../../../src/http/page-model.ts';
import type { Say } from '../../../src/http/words.ts';
import { confirmPath, frozenPath } from './paths.ts';

/** What the pages about a frozen change show. */

export type UndoState = 'open' | 'frozen' | 'returned' | 'confirmed';

export interface UndoModel {
  readonly state: UndoState;
  /** What was changed, and when. */
  readonly changes: readonly string[];
  /** Of the button that freezes. */
  readonly form: ActModel | undefined;
  readonly returnHref: string;
  /** To what the owner may put back in force; to those who are not signed in, the one way to all of it. */
  readonly confirms: readonly { readonly id: string; readonly href: string; readonly label: string }[];
}

export interface UndoFacts extends Pick<UndoModel, 'state' | 'form' | 'returnHref'> {
  readonly changes: readonly Pick<AccountChange, 'act' | 'madeAt'>[];
  /** What may be confirmed here; undefined: whoever is here has to sign in first. */
  readonly confirmable: readonly Thing[] | undefined;
}

export function undoModel(
  { locale, say }: { readonly locale: Locale; readonly say: Say },
  { changes, confirmable, ...facts }: UndoFacts,
): UndoModel {
  const textOf = ({ act, madeAt }: UndoFacts['changes'][number]) => say(`account.undo.act.${act}`, { at: momentText(locale, madeAt) });
  const confirms = confirmable?.map((thing) => ({
    id: `confirm-${thing}`,
    href: confirmPath(thing),
    label: say(`account.undo.confirm.${thing}`),
  })) ?? [{ id: 'confirm', href: frozenPath, label: say('account.undo.confirm.sign-in') }];
  return { ...facts, changes: changes.map(textOf), confirms: facts.state === 'frozen' ? confirms : [] };
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
