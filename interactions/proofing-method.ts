import type { FieldName } from '../src/domain/form-fields.ts';
import type { Account, AccountStore, Person, PersonStore } from '../src/domain/person/account.ts';
import type { GuardianProof } from '../src/domain/proofing/guardian-proof.ts';
import type { ConfirmedIdentity } from '../src/domain/proofing/real-name.ts';
import type { Applicant } from '../src/domain/proofing/proof.ts';
import { Refused } from '../src/domain/refused.ts';
import type { AppContext } from '../src/http/app-context.ts';
import type { SubmittedForm } from '../src/http/form.ts';
import type { FormModel, Link, ProblemModel, ProgressModel } from '../src/http/page-model.ts';
import type { FormState } from '../src/http/wizard.ts';
import type { Say, Words } from '../src/http/words.ts';

/**
 * A way to prove who one is: it gives one kind of evidence, asks one source, and decides nothing about
 * levels, redirects or sessions. Used by the step-up of a service's request and by registration.
 */
export interface ProofingMethod {
  /** Kind of evidence; folder, route segment, words, profile key. */
  readonly name: string;
  /** Only for people whose identity is known already. */
  readonly needsPerson: boolean;
  readonly fields: readonly FieldName[];
  /** The model of its form where that is more than the fields: a code of its own. */
  readonly form?: (state: FormState, scene: ProofingScene) => Promise<FormModel>;
  /** Buttons of the page besides the submit button, as those of a wizard step. */
  readonly actions?: Readonly<Record<string, (form: SubmittedForm, scene: ProofingScene) => Promise<object>>>;
  /** What the view needs besides progress, form and the ways back. */
  readonly page: (scene: ProofingScene) => object;
  /**
   * @returns what was confirmed but waits for a guardian; `record` writes it down once there is one
   * @throws Refused, FormRefused
   */
  readonly verify: (form: SubmittedForm, scene: ProofingScene) => Promise<ConfirmedIdentity | undefined>;
  readonly record?: (confirmed: ConfirmedIdentity, guardian: GuardianProof, scene: ProofingScene) => Promise<void>;
}

/** The rest of the page of a method: the same in a step-up and in a registration. */
export interface ProofingPage {
  readonly progress: ProgressModel;
  readonly form: FormModel;
  readonly back: Link | undefined;
  /** What can be done about an identity that another account holds. */
  readonly ways?: readonly Link[];
  /** To the activation, for somebody who waits for it. */
  readonly activate?: Link | undefined;
  /** The way on without proving anything, where there is one. */
  readonly skip?: { readonly action: string; readonly token: string; readonly label: string } | undefined;
}

export interface ProofingScene {
  readonly ctx: AppContext;
  readonly account: Account;
  readonly person: Person | undefined;
  readonly applicant: Applicant;
  /** The interaction: codes belong to it. */
  readonly uid: string;
  /** A code to the mobile of the account was redeemed in this session within ten minutes. */
  readonly mobileProven: boolean;
  /** False: the session has proved the mobile alone; nothing of the document is shown. */
  readonly mayReadIdentity: boolean;
  /** When the account was opened, in this very interaction; undefined: its owner is signed in. */
  readonly openedAt: Date | undefined;
  /** Word of the page's language. */
  readonly say: Say;
}

/** Who proves: read anew for every request, so that nothing stale decides. */
export async function proofingScene(
  deps: ProofingSceneDeps,
  ctx: AppContext,
  { uid, accountId, clientId, sessionUid, mobileProven, mayReadIdentity, openedAt }: ProofingOf,
): Promise<ProofingScene> {
  const account = await deps.accounts.byId(accountId);
  if (!account || account.status !== 'active') throw new Refused('account.locked');
  return {
    ctx,
    account,
    person: account.personId === undefined ? undefined : await deps.persons.byId(account.personId),
    applicant: {
      accountId,
      mobile: account.mobileProven ? account.mobile : undefined,
      subjectId: account.subjectId,
      personId: account.personId,
      requestId: ctx.state.requestId,
      clientId,
      address: ctx.state.address,
      sessionUid,
      locale: ctx.state.locale,
    },
    uid,
    mobileProven,
    mayReadIdentity,
    openedAt,
    say: (key, params) => deps.words.text(ctx.state.locale, key, params),
  };
}

/** Whose proofing it is, and where. */
export interface ProofingOf
  extends
    Pick<ProofingScene, 'uid' | 'mobileProven' | 'mayReadIdentity' | 'openedAt'>,
    Pick<Applicant, 'accountId' | 'clientId' | 'sessionUid'> {}

export interface ProofingSceneDeps {
  readonly accounts: AccountStore;
  readonly persons: PersonStore;
  readonly words: Words;
}

/** Where the page says that somebody waits for their activation, and the city has one: the way there. */
export function activateLink(
  { say, base, activation }: { readonly say: Say; readonly base: string; readonly activation: boolean },
  problems: readonly ProblemModel[],
): Link | undefined {
  if (!activation || !problems.some(({ code }) => code === 'identity.waiting')) return undefined;
  return { href: `${base}/activate`, label: say('layout.waiting.activate') };
}
