import type { ConfirmedIdentity } from '../../src/domain/proofing/real-name.ts';
import type { Clock } from '../../src/domain/clock.ts';
import { rememberProof, type RememberDeps } from '../../src/domain/presence/prove.ts';
import { mask } from '../../src/domain/person/masking.ts';
import { assuranceLevel, countingKinds } from '../../src/domain/assurance/level.ts';
import type { EvidenceStore } from '../../src/domain/assurance/evidence.ts';
import type { AssuranceLevel } from '../../src/domain/assurance/ladder.ts';
import type { Brand, Profile } from '../../src/domain/policy.ts';
import type { CaptchaDesk } from '../../src/http/captcha-desk.ts';
import type { CodeDesk, CodeRequest } from '../../src/http/code-desk.ts';
import type { SubmittedForm } from '../../src/http/form.ts';
import { checkForm, textFields } from '../../src/http/form-schema.ts';
import { maskedModel } from '../../src/http/masked.ts';
import type { Page } from '../../src/http/page.ts';
import { codeForm, plainForm, sendCode, toOwner } from '../../src/http/step-form.ts';
import type { Wizard, WizardDeps, WizardStep } from '../../src/http/wizard.ts';
import { guardianStep, type GuardianDeps } from '../guardian.ts';
import { activateLink, type ProofingMethod, type ProofingPage, type ProofingScene } from '../proofing-method.ts';
import { bar, provedModel, type VerifyModel } from './pages.ts';

/**
 * The wizard around one proofing method: 验证身份 → the method → 完成 (RN-11). The first step is left out
 * when an SMS code was redeemed in this session within ten minutes.
 */
export interface ProofingDraft {
  readonly proved?: boolean;
  /** Confirmed by the register, and waiting for a guardian. */
  readonly awaiting?: ConfirmedIdentity | undefined;
  /** Milliseconds; when the SMS code was redeemed in this run. */
  readonly confirmedAt?: number;
}

export interface StepUpScene extends ProofingScene {
  readonly sessionUid: string;
  /** `/interaction/:uid`. */
  readonly interaction: string;
  /** `/interaction/:uid/step-up`. */
  readonly base: string;
  readonly service: Page['service'];
}

export interface ProofingWizardDeps extends WizardDeps, GuardianDeps, RememberDeps {
  readonly captchas: CaptchaDesk;
  readonly codes: CodeDesk;
  readonly clock: Clock;
  readonly evidence: EvidenceStore;
  readonly ladder: readonly AssuranceLevel[];
  readonly brand: Pick<Brand, 'portal'>;
  readonly profile: GuardianDeps['profile'] & Pick<Profile, 'activation'>;
  readonly proved: (method: string, result: 'succeeded' | 'refused') => void;
}

export function proofingWizard(deps: ProofingWizardDeps, method: ProofingMethod): Wizard<ProofingDraft, StepUpScene> {
  return {
    name: `step-up:${method.name}`,
    empty: {},
    steps: [
      confirmStep(deps, method),
      evidenceStep(deps, method),
      ...(method.record ? [guardiansStep(deps, method)] : []),
      doneStep(deps, method),
    ],
  };
}

type Step = WizardStep<ProofingDraft, StepUpScene>;

const confirmed = (draft: ProofingDraft, scene: StepUpScene) => scene.mobileProven || draft.confirmedAt !== undefined;

function confirmStep(deps: ProofingWizardDeps, method: ProofingMethod): Step {
  const schema = textFields(['code']);
  const request = (scene: StepUpScene): CodeRequest => ({
    purpose: 'step-up',
    scope: scene.uid,
    mobile: scene.account.mobile,
    holder: { accountId: scene.account.id, signedIn: true },
  });
  return {
    path: 'verify',
    when: (draft, scene) => !draft.proved && !confirmed(draft, scene),
    done: confirmed,
    async page(_, scene, state) {
      const model: VerifyModel = {
        progress: bar(scene.say, method.name, 0),
        form: await codeForm(deps, scene.ctx, state, { where: request(scene) }),
        mobile: maskedModel(deps.pages.words, scene.ctx.state.locale, mask.mobile(scene.account.mobile)),
        back: { href: scene.base, label: scene.say('layout.back') },
      };
      return { view: 'step-up/verify', model, service: scene.service };
    },
    actions: { 'send-code': { stays: (form, _, scene) => sendCode(deps, scene.ctx, form.captcha, toOwner(request(scene))) } },
    async submit(form, _, scene) {
      checkForm(schema, form.values);
      await deps.codes.redeem(request(scene), form.values.code ?? '');
      const at = deps.clock.now();
      const whose = { accountId: scene.account.id, sessionUid: scene.sessionUid, requestId: scene.ctx.state.requestId };
      await rememberProof(deps, whose, [{ amr: 'sms', at }]);
      return { learnt: { confirmedAt: at.getTime() } };
    },
  };
}

function evidenceStep(deps: ProofingWizardDeps, method: ProofingMethod): Step {
  return {
    path: 'evidence',
    when: (draft, scene) => !draft.proved && confirmed(draft, scene) && (!method.needsPerson || scene.person !== undefined),
    done: (draft) => draft.proved === true || draft.awaiting !== undefined,
    async page(_, scene, state) {
      const preset = { documentType: scene.person?.document.type ?? '', ...state.values };
      const form = method.form?.({ ...state, values: preset }, scene) ?? plainForm(state, method.fields, preset);
      const model: ProofingPage = {
        progress: bar(scene.say, method.name, 1),
        form: await form,
        back: { href: scene.base, label: scene.say('layout.back') },
        activate: activateLink({ say: scene.say, base: scene.interaction, activation: deps.profile.activation }, state.problems),
        ...method.page(scene),
      };
      return { view: `step-up/${method.name}/view`, model, service: scene.service };
    },
    actions: Object.fromEntries(
      Object.entries(method.actions ?? {}).map(([name, act]) => [
        name,
        { stays: (form: SubmittedForm, _: ProofingDraft, scene: StepUpScene) => act(form, scene) },
      ]),
    ),
    async submit(form, _, scene) {
      try {
        const awaiting = await method.verify(form, scene);
        if (awaiting) return { learnt: { awaiting } };
      } catch (error) {
        deps.proved(method.name, 'refused');
        throw error;
      }
      deps.proved(method.name, 'succeeded');
      return { learnt: { proved: true } };
    },
  };
}

/** Of a minor. */
function guardiansStep(deps: ProofingWizardDeps, method: ProofingMethod): Step {
  return guardianStep<ProofingDraft, StepUpScene>(deps, {
    when: (draft) => !draft.proved && draft.awaiting !== undefined,
    done: (draft) => draft.proved === true,
    minor: ({ awaiting }, { ctx, uid, applicant }) => ({
      ctx,
      uid,
      key: awaiting?.identity.key ?? '',
      asking: applicant,
    }),
    frame: (_, scene) => ({
      progress: bar(scene.say, method.name, 1),
      back: { href: `${scene.base}/${method.name}/evidence`, label: scene.say('layout.back') },
      service: scene.service,
    }),
    async agreed(proof, { awaiting }, scene) {
      if (awaiting) await method.record?.(awaiting, proof, scene);
      deps.proved(method.name, 'succeeded');
      return { proved: true, awaiting: undefined };
    },
    undo: ({ awaiting: _, ...draft }) => draft,
  });
}

function doneStep(deps: ProofingWizardDeps, method: ProofingMethod): Step {
  return {
    path: 'done',
    when: (draft) => draft.proved === true,
    done: () => false,
    async page(_, scene) {
      const held = await deps.evidence.ofAccount(scene.account.id);
      const level = assuranceLevel(deps.ladder, countingKinds(held, deps.clock.now()));
      const model = provedModel(
        { locale: scene.ctx.state.locale, say: scene.say, portal: deps.brand.portal },
        { method: method.name, level, service: scene.service?.name, finish: `${scene.base}/${method.name}/finish` },
      );
      return { view: 'layout/result', model, service: scene.service };
    },
  };
}
