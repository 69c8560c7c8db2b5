import type Router from '@koa/router';
import { signInWithPasskey } from '../../src/domain/authenticator/passkey.ts';
import { requestOptions } from '../../src/domain/authenticator/passkey-options.ts';
import { confirmPassword } from '../../src/domain/authenticator/password.ts';
import { factorsOf, strengthOf, type SessionFactor } from '../../src/domain/presence/strength.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { AppState } from '../../src/http/app-context.ts';
import { checkForm, textFields } from '../../src/http/form-schema.ts';
import { plainForm } from '../../src/http/step-form.ts';
import type { WizardStep, NoDraft } from '../../src/http/wizard.ts';
import { pageRoutes } from '../../src/http/wizard-routes.ts';
import type { PasskeyModel, PasswordModel } from './pages.ts';
import { stageOf, type Stage, type StepUpDeps } from './stage.ts';

/** The person is known and verified, only this session is too weak (AST-06): the password once more, or a passkey. */

type Step = WizardStep<NoDraft, Stage>;

export function authenticationRoutes(router: Router<AppState>, deps: StepUpDeps): void {
  const { passkey } = deps.authenticators;
  const ways = { password: passwordStep(deps), ...(passkey ? { passkey: passkeyStep(deps) } : {}) };
  for (const [name, step] of Object.entries(ways)) {
    const wizard = { name: `step-up:${name}`, draftless: true, empty: {}, steps: [step] };
    pageRoutes(router, deps, { path: `/interaction/:uid/step-up/${name}`, wizard }, async (ctx) => {
      const stage = await stageOf(deps, ctx);
      return { id: stage.scene.uid, base: `${stage.scene.base}/${name}`, scene: stage };
    });
  }
  if (passkey) passkeyChallenge(router, deps);
}

function passwordStep(deps: StepUpDeps): Step {
  const schema = textFields(['password']);
  return {
    path: '',
    when: () => true,
    done: () => false,
    async page(_, { visit, scene }, state) {
      const model: PasswordModel = { form: plainForm(state, ['password']), back: { href: scene.base, label: scene.say('layout.back') } };
      return { view: 'step-up/password', model, service: visit.service };
    },
    async submit(form, _, { visit, scene }) {
      checkForm(schema, form.values);
      const { id: accountId } = scene.account;
      const { factor } = await confirmPassword(deps.passwords, {
        accountId,
        password: form.values.password ?? '',
        address: visit.ctx.state.address,
        requestId: visit.ctx.state.requestId,
        device: deps.devices.idInSession(visit.ctx, { accountId, uid: scene.sessionUid }),
      });
      return { finish: () => prove(deps, { visit, scene }, [factor]) };
    },
  };
}

/** The policy decides anew; the device has shown more than an SMS code. */
async function prove(deps: StepUpDeps, { visit, scene }: Stage, factors: readonly SessionFactor[]): Promise<void> {
  deps.devices.remember(visit.ctx, scene.account.id, strengthOf(factors, deps.clock.now()));
  await deps.finish(visit.ctx, { outcome: 'proved', factors });
}

const challengeScope = (uid: string) => ({ purpose: 'step-up', scope: uid }) as const;

function passkeyStep(deps: StepUpDeps): Step {
  const schema = textFields(['credential']);
  return {
    path: '',
    when: () => true,
    done: () => false,
    async page(_, { visit, scene }, state) {
      const form = plainForm(state, ['credential']);
      const model: PasskeyModel = {
        form,
        challenge: `${state.action}/challenge`,
        back: { href: scene.base, label: scene.say('layout.back') },
      };
      return { view: 'step-up/passkey', model, service: visit.service };
    },
    async submit(form, _, { visit, scene }) {
      checkForm(schema, form.values);
      const { requestId, locale, address } = visit.ctx.state;
      const attempt = { ...challengeScope(visit.uid), requestId, locale, address };
      const { accountId, amr = [], counts, writes } = await signInWithPasskey(deps.passkeys, attempt, form.values.credential ?? '');
      if (accountId !== scene.account.id) throw new Refused('passkey.wrong', 'credential');
      await deps.unitOfWork.commit('step-up-passkey', writes);
      return { finish: () => prove(deps, { visit, scene }, factorsOf(amr, deps.clock.now(), counts)) };
    },
  };
}

/** Only passkeys of this account will do. */
function passkeyChallenge(router: Router<AppState>, deps: StepUpDeps): void {
  router.get('/interaction/:uid/step-up/passkey/challenge', async (ctx) => {
    const { visit, scene } = await stageOf(deps, ctx);
    const passkeys = await deps.passkeys.passkeys.ofAccount(scene.account.id);
    ctx.set('Cache-Control', 'no-store');
    ctx.body = await requestOptions({ ...deps.passkeys, site: deps.site }, challengeScope(visit.uid), passkeys);
  });
}
