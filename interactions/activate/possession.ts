import { checkPossession, confirmPossession, type PossessionForm } from '../../src/domain/person/activation.ts';
import { tellOfClaim } from '../../src/domain/proofing/claim.ts';
import { needsGuardian } from '../../src/domain/proofing/guardian-proof.ts';
import { Refused } from '../../src/domain/refused.ts';
import { checkFormAnd, textFields } from '../../src/http/form-schema.ts';
import { plainForm } from '../../src/http/step-form.ts';
import { guardianStep } from '../guardian.ts';
import { bar, identityPageModel, nobodyModel } from './pages.ts';
import {
  askingOf,
  confirmationOf,
  foundIn,
  hasAccount,
  isMinor,
  mobileSettled,
  passOf,
  requireFound,
  sayOf,
  type ActivateDraft,
  type ActivateScene,
  type ActivateStep,
  type ActivateStepDeps,
} from './steps.ts';
import { takeUp } from './take-up.ts';

const fields = ['name', 'validFrom', 'validity'] as const;

/** What only the holder of the document knows, asked of the authority (ACT-02, ACT-03). */
export function identityStep(deps: ActivateStepDeps): ActivateStep {
  const [onRecord, unknown] = [textFields(fields, ['validFrom', 'validity']), textFields(fields)];
  return {
    path: 'identity',
    once: true,
    when: (draft, scene) =>
      draft.accountId === undefined && mobileSettled(draft, scene) && passOf(draft, scene)?.confirmation === undefined,
    done: (draft) => draft.confirmation !== undefined || draft.nobody === true,
    async page(draft, scene, state) {
      const found = requireFound(draft, scene);
      const typed = passOf(draft, scene)?.typed;
      const model = identityPageModel(sayOf(deps, scene), deps.profile, {
        form: plainForm(state, fields, { ...typed }),
        found,
        record: found.bound ? await deps.activations.byDocument(found.type, found.key) : undefined,
        // What was typed a moment ago is asked again only when something is wrong with it.
        typed: state.problems.length === 0 && typed?.validFrom && typed.validity ? typed : undefined,
        finishes: finishes(draft, scene),
        hasAccount: hasAccount(draft, scene),
        back: `${scene.base}/activate/${found.bound ? 'document' : 'mobile'}`,
      });
      return { view: 'activate/identity', model, service: scene.service };
    },
    async submit(form, draft, scene) {
      const { bound, type } = requireFound(draft, scene);
      const values: Record<string, string> = { ...passOf(draft, scene)?.typed, ...form.values };
      const { name = '', validFrom = '', validity = '' } = values;
      const possession: PossessionForm = { name: bound ? undefined : name, validFrom, validity };
      const now = deps.clock.now();
      const checked = checkFormAnd(bound ? onRecord : unknown, values, () =>
        checkPossession(possession, type, deps.profile.personName, now),
      );
      const learnt = await prove(deps, draft, scene, checked);
      const next = { ...draft, ...learnt };
      return {
        learnt: finishes(next, scene) && !next.minor && !next.nobody ? { ...learnt, ...(await takeUp(deps, next, scene)) } : learnt,
      };
    },
    undo: ({ confirmation: _, minor: __, nobody: ___, ...draft }) => draft,
  };
}

/** Password and agreement were given before: the proof is the last that is missing. */
function finishes(draft: ActivateDraft, scene: ActivateScene): boolean {
  return scene.joins === undefined && passOf(draft, scene)?.passwordHash !== undefined;
}

async function prove(
  deps: ActivateStepDeps,
  draft: ActivateDraft,
  scene: ActivateScene,
  possession: ReturnType<typeof checkPossession>,
): Promise<Pick<ActivateDraft, 'confirmation' | 'minor' | 'nobody'>> {
  const found = requireFound(draft, scene);
  const activation = await deps.activations.byDocument(found.type, found.key);
  if (found.bound && !activation) throw new Refused('activation.gone');
  const confirmation = await confirmPossession(deps, {
    possession,
    sought: found,
    onRecord: found.bound ? activation?.person : undefined,
    origin: askingOf(scene),
  });
  if (!activation) {
    await tellOfClaim(deps, found, askingOf(scene));
    return { nobody: true };
  }
  return { confirmation, minor: needsGuardian(deps.profile.guardian, activation.person.birthDate, deps.clock.now()) };
}

/** The same end for numbers that are unknown, active, or were never imported; behind the right name and dates. */
export function nobodyStep(deps: ActivateStepDeps): ActivateStep {
  return {
    path: 'nobody',
    when: (draft) => draft.nobody === true && draft.accountId === undefined,
    done: () => false,
    async page(_, scene) {
      return { view: 'layout/result', model: nobodyModel(sayOf(deps, scene), scene), service: scene.service };
    },
  };
}

/** Who agrees that a minor takes up the account (PRV-05). */
export function agreementStep(deps: ActivateStepDeps): ActivateStep {
  return guardianStep<ActivateDraft, ActivateScene>(deps, {
    when: (draft, scene) =>
      draft.accountId === undefined && mobileSettled(draft, scene) && confirmationOf(draft, scene) !== undefined && isMinor(draft, scene),
    done: (draft) => draft.guardian !== undefined,
    minor(draft, scene) {
      const found = requireFound(draft, scene);
      return { ctx: scene.ctx, uid: scene.uid, key: found.key, askerMobile: found.mobile, asking: askingOf(scene) };
    },
    frame: (draft, scene) => ({
      progress: bar(sayOf(deps, scene).say, 1, hasAccount(draft, scene)),
      back: {
        href: `${scene.base}/activate/${foundIn(draft, scene)?.bound ? 'identity' : 'mobile'}`,
        label: sayOf(deps, scene).say('layout.back'),
      },
      skip: undefined,
      service: scene.service,
    }),
    agreed: async (guardian) => ({ guardian }),
    undo: ({ guardian: _, ...draft }) => draft,
  });
}
