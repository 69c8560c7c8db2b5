import { isAgreed } from '../../src/domain/agreement.ts';
import type { Activation, ActivationStore } from '../../src/domain/person/activation-store.ts';
import type { AccountStore } from '../../src/domain/person/account.ts';
import {
  activate,
  checkPassword,
  checkPossession,
  confirmPossession,
  type ActivateDeps,
  type Confirmation,
  type Origin,
  type Sought,
} from '../../src/domain/person/activation.ts';
import { needsGuardian, type GuardianProof } from '../../src/domain/proofing/guardian-proof.ts';
import type { ActivationPass } from '../../src/domain/person/activation-pass.ts';
import type { Profile } from '../../src/domain/policy.ts';
import type { IdentitySource } from '../../src/domain/proofing/identity-source.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { QuotaStore } from '../../src/domain/short-lived.ts';
import type { Vault } from '../../src/domain/vault.ts';
import type { CaptchaDesk } from '../../src/http/captcha-desk.ts';
import type { CodeDesk, CodeRequest } from '../../src/http/code-desk.ts';
import { checkFormAnd, textFields } from '../../src/http/form-schema.ts';
import { codeForm, plainForm, sendCode } from '../../src/http/step-form.ts';
import type { WizardDeps, WizardStep } from '../../src/http/wizard.ts';
import { guardianStep } from '../guardian.ts';
import type { Visit } from '../visit.ts';
import { bar, doneModel, identityPageModel, mobilePageModel, passwordPageModel, type ActivateWords } from './pages.ts';

export interface ActivateStepDeps extends WizardDeps, ActivateDeps {
  readonly activations: ActivationStore;
  readonly activationPass: ActivationPass;
  readonly accounts: AccountStore;
  readonly quotas: QuotaStore;
  readonly vault: Vault;
  readonly identitySource: IdentitySource;
  readonly captchas: CaptchaDesk;
  readonly codes: CodeDesk;
  readonly profile: Pick<Profile, 'activation' | 'documents' | 'personName' | 'password' | 'guardian' | 'masking' | 'brand' | 'landing'>;
}

/** What the look-up found: `bound` says what the proven mobile is to the person. */
export interface Found extends Sought {
  /** Id of the person; undefined: nobody. */
  readonly person?: string;
  readonly bound: 'nobody' | 'none' | 'proven' | 'other';
}

export interface ActivateDraft {
  readonly found?: Found;
  /** 更换手机号: the proven mobile takes the place of the bound one. */
  readonly replacing?: boolean;
  readonly confirmation?: Confirmation;
  /** A guardian must agree. */
  readonly minor?: boolean;
  readonly guardian?: GuardianProof;
  readonly accountId?: string;
  /** Milliseconds. */
  readonly activatedAt?: number;
}

export interface ActivateScene extends Visit {
  /** Id of the pass that led here. */
  readonly pass: string | undefined;
  /** From registration, where document and mobile were given already. */
  readonly passed: Found | undefined;
}

export type ActivateStep = WizardStep<ActivateDraft, ActivateScene>;

/** The one who is activated: read anew for every page. @throws Refused activation.gone */
async function activationOf({ activations }: Pick<ActivateStepDeps, 'activations'>, { type, key }: Found): Promise<Activation> {
  const activation = await activations.byDocument(type, key);
  if (!activation) throw new Refused('activation.gone');
  return activation;
}

function foundIn(draft: ActivateDraft, scene: ActivateScene): Found {
  const found = draft.found ?? scene.passed;
  if (!found) throw new Refused('form.stale');
  return found;
}

export function sayOf({ pages }: Pick<WizardDeps, 'pages'>, { ctx }: ActivateScene): ActivateWords {
  const { locale } = ctx.state;
  return { locale, words: pages.words, say: (key, params) => pages.words.text(locale, key, params) };
}

function originOf({ ctx, client }: ActivateScene): Origin {
  return { requestId: ctx.state.requestId, clientId: client.clientId };
}

/** Another mobile than the bound one was given: a code to the bound one, or 更换手机号 (ACT-04, ACT-05). */
export function mobileStep(deps: ActivateStepDeps): ActivateStep {
  const schema = textFields(['code']);
  const where = ({ uid }: ActivateScene) => ({ purpose: 'activate', scope: `${uid}:bound` }) as const;
  const request = async (draft: ActivateDraft, scene: ActivateScene): Promise<CodeRequest & { readonly mobile: string }> => {
    const found = foundIn(draft, scene);
    const { mobile } = await activationOf(deps, found);
    if (mobile === undefined) throw new Refused('form.stale');
    // Strangers must not learn from its limits whose mobile it is.
    return { ...where(scene), mobile, holder: { accountId: undefined, soughtBy: JSON.stringify(['activation', found.type, found.key]) } };
  };
  return {
    path: 'mobile',
    when: (draft, scene) => (draft.found ?? scene.passed)?.bound === 'other' && draft.accountId === undefined,
    done: (draft) => draft.replacing === true,
    async page(draft, scene, state) {
      const { mobile } = await request(draft, scene);
      const model = mobilePageModel(sayOf(deps, scene), {
        form: await codeForm(deps, scene.ctx, state, { where: where(scene) }),
        bound: mobile,
        given: foundIn(draft, scene).mobile,
        base: `${scene.base}/activate`,
      });
      return { view: 'activate/mobile', model, service: scene.service };
    },
    actions: {
      'send-code': {
        stays: ({ captcha }, draft, scene) => sendCode(deps, scene.ctx, captcha, { where: where(scene), to: () => request(draft, scene) }),
      },
      replace: { goesOn: async () => ({ learnt: { replacing: true } }) },
    },
    async submit({ values }, draft, scene) {
      checkFormAnd(schema, values, () => undefined);
      const proven = await request(draft, scene);
      await deps.codes.redeem(proven, values.code ?? '');
      if (await deps.accounts.byIdentifier('mobile', proven.mobile)) throw new Refused('mobile.taken', 'code');
      return { learnt: { found: { ...foundIn(draft, scene), mobile: proven.mobile, bound: 'proven' }, replacing: false } };
    },
    undo: ({ replacing: _, ...draft }) => draft,
  };
}

const replaces = (draft: ActivateDraft, { bound }: Found): boolean => bound === 'none' || (bound === 'other' && draft.replacing === true);

/** What only the holder of the document knows, asked of the authority (ACT-02, ACT-03). */
export function identityStep(deps: ActivateStepDeps): ActivateStep {
  const fields = ['name', 'validFrom', 'validity'] as const;
  const [own, replacing] = [textFields(fields, ['validFrom', 'validity']), textFields(fields)];
  return {
    path: 'identity',
    when(draft, scene) {
      const found = draft.found ?? scene.passed;
      return draft.accountId === undefined && found !== undefined && (found.bound === 'proven' || replaces(draft, found));
    },
    done: (draft) => draft.confirmation !== undefined,
    async page(draft, scene, state) {
      const found = foundIn(draft, scene);
      const activation = await activationOf(deps, found);
      const model = identityPageModel(sayOf(deps, scene), deps.profile, {
        form: plainForm(state, fields),
        activation,
        mobile: found.mobile,
        back: `${scene.base}/activate/${found.bound === 'other' ? 'mobile' : 'document'}`,
      });
      return { view: 'activate/identity', model, service: scene.service };
    },
    async submit({ values }, draft, scene) {
      const found = foundIn(draft, scene);
      const isReplacing = replaces(draft, found);
      const { name = '', validFrom = '', validity = '' } = values;
      const typed = { name: isReplacing ? name : undefined, validFrom, validity };
      const possession = checkFormAnd(isReplacing ? replacing : own, values, () =>
        checkPossession(typed, found.type, deps.profile.personName, deps.clock.now()),
      );
      const activation = await activationOf(deps, found);
      const request = { possession, replacing: isReplacing, origin: originOf(scene) };
      const minor = needsGuardian(deps.profile.guardian, activation.person.birthDate, deps.clock.now());
      return { learnt: { minor, confirmation: await confirmPossession(deps, activation, request) } };
    },
    undo: ({ confirmation: _, minor: __, ...draft }) => draft,
  };
}

/** Who agrees that a minor takes up the account (PRV-05). */
export function agreementStep(deps: ActivateStepDeps): ActivateStep {
  return guardianStep<ActivateDraft, ActivateScene>(deps, {
    when: (draft) => draft.confirmation !== undefined && draft.minor === true && draft.accountId === undefined,
    done: (draft) => draft.guardian !== undefined,
    minor(draft, scene) {
      const { key, person = '' } = foundIn(draft, scene);
      return { ctx: scene.ctx, uid: scene.uid, key, who: `${person}:guardian`, asking: { ...originOf(scene), accountId: undefined } };
    },
    frame: (_, scene) => ({
      progress: bar(sayOf(deps, scene).say, 1),
      back: { href: `${scene.base}/activate/identity`, label: sayOf(deps, scene).say('layout.back') },
      skip: undefined,
      service: scene.service,
    }),
    agreed: async (guardian) => ({ guardian }),
    undo: ({ guardian: _, ...draft }) => draft,
  });
}

/** The password; with it the account is there (ACT-06). */
export function passwordStep(deps: ActivateStepDeps): ActivateStep {
  const { password: policy, brand } = deps.profile;
  const fields = ['newPassword', 'confirmPassword', 'agreement'] as const;
  const schema = textFields(fields, ['newPassword', 'confirmPassword']);
  return {
    path: 'password',
    once: true,
    when: (draft) => draft.confirmation !== undefined && (!draft.minor || draft.guardian !== undefined) && draft.accountId === undefined,
    done: (draft) => draft.accountId !== undefined,
    async page(_, scene, state) {
      const model = passwordPageModel(sayOf(deps, scene), deps.profile, {
        form: plainForm(state, fields),
        back: `${scene.base}/activate/identity`,
      });
      return { view: 'activate/password', model, service: scene.service };
    },
    async submit({ values }, draft, scene) {
      const found = foundIn(draft, scene);
      const { confirmation } = draft;
      if (!confirmation) throw new Refused('form.stale');
      const { newPassword = '', confirmPassword = '', agreement } = values;
      const form = { newPassword, confirmPassword, agreement: isAgreed(agreement) };
      const password = checkFormAnd(schema, values, () => checkPassword(form, policy, { mobile: found.mobile, document: found.number }));
      const accountId = await activate(deps, {
        activation: await activationOf(deps, found),
        mobile: found.mobile,
        confirmation,
        guardian: draft.guardian,
        password,
        agreementVersion: brand.agreement.version,
        hotline: brand.hotline,
        origin: originOf(scene),
      });
      return { learnt: { accountId, activatedAt: deps.clock.now().getTime() } };
    },
  };
}

export function doneStep(deps: ActivateStepDeps): ActivateStep {
  return {
    path: 'done',
    when: (draft) => draft.accountId !== undefined,
    done: () => false,
    async page(_, scene) {
      const model = doneModel(sayOf(deps, scene), deps.profile, { service: scene.service?.name, finish: `${scene.base}/activate/finish` });
      return { view: 'layout/result', model, service: scene.service };
    },
  };
}
