import { isAgreed } from '../src/domain/agreement.ts';
import { requireMobile } from '../src/domain/person/register.ts';
import { checkMobile } from '../src/domain/person/mobile.ts';
import type { GuardianPolicy, Profile } from '../src/domain/policy.ts';
import { checkGuardian, proveGuardian } from '../src/domain/proofing/guardian.ts';
import type { GuardianProof } from '../src/domain/proofing/guardian-proof.ts';
import type { IdentitySource } from '../src/domain/proofing/identity-source.ts';
import type { Asking, ClaimDeps } from '../src/domain/proofing/claim.ts';
import { Refused } from '../src/domain/refused.ts';
import type { Vault } from '../src/domain/vault.ts';
import type { AppContext } from '../src/http/app-context.ts';
import type { CaptchaDesk } from '../src/http/captcha-desk.ts';
import type { CodeDesk } from '../src/http/code-desk.ts';
import { checkFormAnd, textFields } from '../src/http/form-schema.ts';
import type { FormModel, Link, ProgressModel } from '../src/http/page-model.ts';
import type { Page, Pages } from '../src/http/page.ts';
import type { Say } from '../src/http/words.ts';
import { codeForm, plainForm, sendCode } from '../src/http/step-form.ts';
import type { FormState, WizardStep } from '../src/http/wizard.ts';
import { nameHint } from './layout/rule-hints.ts';
import type { ProofingPage } from './proofing-method.ts';

/**
 * 监护人同意 – the one step of all journeys in which somebody agrees that a minor is verified (PRV-05). The journey says
 * whom it is about and what follows; the step asks the guardian, checks them and hands over the proof.
 */
export interface GuardianDeps extends ClaimDeps {
  readonly captchas: CaptchaDesk;
  readonly codes: CodeDesk;
  readonly identitySource: IdentitySource;
  readonly vault: Vault;
  readonly pages: Pages;
  readonly profile: Pick<Profile, 'documents' | 'personName' | 'guardian'>;
}

/** A minor under way in a journey. */
export interface Minor {
  readonly ctx: AppContext;
  /** Interaction the code belongs to. */
  readonly uid: string;
  /** Key of the minor's document. */
  readonly key: string;
  /** Proven by whoever is here without an account, who need not be the guardian. */
  readonly askerMobile?: string;
  readonly asking: Asking;
}

export interface GuardianStep<Draft extends object, Scene> {
  readonly when: (draft: Draft, scene: Scene) => boolean;
  readonly done: (draft: Draft) => boolean;
  readonly minor: (draft: Draft, scene: Scene) => Minor;
  /** What stands around the form; its `skip` leads on without a verified identity. */
  readonly frame: (
    draft: Draft,
    scene: Scene,
    state: FormState,
  ) => Pick<ProofingPage, 'progress' | 'back' | 'skip'> & Pick<Page, 'service'>;
  readonly agreed: (proof: GuardianProof, draft: Draft, scene: Scene) => Promise<Partial<Draft>>;
  /** What is learnt by going on without; absent: nobody can. */
  readonly skipped?: Partial<Draft>;
  readonly undo?: (draft: Draft) => Draft;
}

export interface GuardianPageModel {
  readonly progress: ProgressModel;
  readonly form: FormModel;
  readonly age: number;
  readonly documentTypes: readonly { readonly value: string; readonly label: string }[];
  readonly nameHint: string;
  readonly consent: readonly string[];
  readonly version: string;
  readonly back: Link | undefined;
  readonly skip?: ProofingPage['skip'];
}

const asked = ['name', 'documentType', 'documentNumber', 'mobile', 'code', 'agreement'] as const;
const required = ['name', 'documentType', 'documentNumber', 'mobile'] as const;
const schema = textFields(asked, required);
const schemaWithCode = textFields(asked, [...required, 'code']);

export const guardianFields = [...asked, 'captcha'] as const;

export function guardianStep<Draft extends object, Scene>(deps: GuardianDeps, step: GuardianStep<Draft, Scene>): WizardStep<Draft, Scene> {
  const { skipped } = step;
  return {
    path: 'guardian',
    when: step.when,
    done: step.done,
    ...(step.undo ? { undo: step.undo } : {}),
    async page(draft, scene, state) {
      const { service, ...frame } = step.frame(draft, scene, state);
      return guardianPage(deps, step.minor(draft, scene), state, { frame, service });
    },
    actions: {
      'send-code': {
        async stays({ values, captcha }, draft, scene) {
          const { ctx, uid } = step.minor(draft, scene);
          return sendCode(deps, ctx, captcha, { where: where(uid), to: () => ({ mobile: requireMobile(values.mobile ?? '') }) });
        },
      },
      ...(skipped && { skip: { goesOn: async () => ({ learnt: skipped }) } }),
    },
    async submit({ values }, draft, scene) {
      const proof = await prove(deps, step.minor(draft, scene), values);
      return { learnt: await step.agreed(proof, draft, scene) };
    },
  };
}

const where = (uid: string) => ({ purpose: 'guardian', scope: `${uid}:guardian` }) as const;

async function prove(
  deps: GuardianDeps,
  { uid, key, askerMobile, asking }: Minor,
  values: Readonly<Record<string, string>>,
): Promise<GuardianProof> {
  const { documents, personName, guardian: policy } = deps.profile;
  if (!policy) throw new Refused('form.stale');
  const { name = '', documentType = '', documentNumber = '', mobile = '', code = '', agreement } = values;
  const typed = { name, documentType, documentNumber, mobile, agreement: isAgreed(agreement) };
  const proven = await provenEarlier(deps, uid, mobile);
  const guardian = checkFormAnd(proven ? schema : schemaWithCode, values, () =>
    checkGuardian(typed, { documents, personName, minorKey: key }, deps.clock.now()),
  );
  if (!proven) {
    const request = { ...where(uid), mobile: guardian.mobile };
    await deps.codes.redeem(request, code);
    await deps.codes.rememberProven(request);
  }
  return proveGuardian(deps, { ...asking, askerMobile }, { guardian, version: policy.version });
}

async function provenEarlier({ codes }: GuardianDeps, uid: string, typed: string): Promise<boolean> {
  const mobile = checkMobile(typed);
  return mobile.ok && codes.proven({ ...where(uid), mobile: mobile.canonical });
}

async function guardianPage(
  deps: GuardianDeps,
  { ctx, uid }: Minor,
  state: FormState,
  { frame, service }: { frame: Pick<GuardianPageModel, 'progress' | 'back' | 'skip'>; service: Page['service'] },
): Promise<Page> {
  const say: Say = (key, params) => deps.pages.words.text(ctx.state.locale, key, params);
  const proven = await provenEarlier(deps, uid, state.values.mobile ?? '');
  const form = proven ? plainForm(state, guardianFields) : await codeForm(deps, ctx, state, { where: where(uid), fields: guardianFields });
  return { view: 'layout/guardian', model: guardianPageModel(say, deps.profile, { form, ...frame }), service };
}

export function guardianPageModel(
  say: Say,
  { documents, guardian }: Pick<Profile, 'documents'> & { readonly guardian: GuardianPolicy | null },
  frame: Pick<GuardianPageModel, 'form' | 'progress' | 'back' | 'skip'>,
): GuardianPageModel {
  return {
    ...frame,
    age: guardian?.under ?? 0,
    documentTypes: documents.map((type) => ({ value: type, label: say(`layout.document.type.${type}`) })),
    nameHint: nameHint(say, documents),
    consent: ['data', 'purpose', 'rights', 'declared'].map((part) => say(`layout.guardian.consent.${part}`)),
    version: guardian?.version ?? '',
  };
}
