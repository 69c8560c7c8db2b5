import { Refused } from '../../src/domain/refused.ts';
import type { Wizard, WizardDeps, WizardStep, NoDraft } from '../../src/http/wizard.ts';
import { wizardRoutes, type RoutedContext } from '../../src/http/wizard-routes.ts';
import type { Journey } from '../journey.ts';
import type { LoginMethod } from '../login-method.ts';
import { visitOf, type Visit, type VisitDeps } from '../visit.ts';
import { answeredStep, attemptOf, type AnsweredDeps } from './answered.ts';
import { redirectRoutes, redirectStep, type RedirectStepDeps } from './redirect.ts';
import { chosenOf } from '../pending-binding.ts';
import { handoverRoutes, handoverStep, type HandoverStepDeps } from './handover.ts';
import { firstFactor, frozenFor, secondFactorSteps, type LoginScene } from './second-factor.ts';

/**
 * 登录 – one page for each method, tabs are links. Around every method the same: anti-forgery → shape →
 * captcha → the method itself (which counts attempts) → second factor where there is one → audit → outcome.
 */
export interface LoginDeps extends VisitDeps, WizardDeps, AnsweredDeps, HandoverStepDeps, RedirectStepDeps {}

export function createLogin(deps: LoginDeps, methods: readonly LoginMethod[]): Journey {
  const offered = (visit: Visit) => methodsOf(deps, methods, visit);
  const wizard: Wizard<NoDraft, LoginScene> = {
    name: 'login',
    draftless: true,
    empty: {},
    steps: [...methods.map((method) => stepOf(deps, method, offered)), ...secondFactorSteps(deps)],
  };
  /** The method of this address, offered here and of that shape. */
  const ofShape = async <Shape extends LoginMethod['shape']>(ctx: RoutedContext, shape: Shape) => {
    const visit = await visitOf(deps, ctx);
    const method = offered(visit).find(({ name }) => name === ctx.params.method);
    if (method?.shape !== shape) throw new Refused('page.not-found');
    return { visit, method: method as Extract<LoginMethod, { shape: Shape }> };
  };
  return {
    name: 'login',
    routes(router) {
      router.get('/interaction/:uid/login/:method/challenge', async (ctx) => {
        const { visit, method } = await ofShape(ctx, 'challenge');
        ctx.set('Cache-Control', 'no-store');
        ctx.body = await method.challenge(attemptOf(deps, visit));
      });
      redirectRoutes(router, deps, {
        names: methods.filter(({ shape }) => shape === 'redirect').map(({ name }) => name),
        visit: (ctx) => ofShape(ctx, 'redirect'),
      });
      handoverRoutes(router, deps, async (ctx) => (await ofShape(ctx, 'handover')).visit);
      wizardRoutes(router, deps, '/interaction/:uid/login', async (ctx) => {
        const visit = await visitOf(deps, ctx);
        const { step } = ctx.params;
        const first = await firstFactor(deps, visit.uid, step);
        const pending = (await chosenOf(deps, visit.uid))?.provider;
        const scene: LoginScene = { ...visit, pending, first, frozen: await frozenFor(deps, first, step) };
        return { wizard, id: visit.uid, base: `${visit.base}/login`, scene };
      });
    },
  };
}

/** The profile decides which methods a channel has, and in which order. */
function methodsOf({ profile }: Pick<LoginDeps, 'profile'>, methods: readonly LoginMethod[], visit: Visit): readonly LoginMethod[] {
  return profile.login[visit.ctx.state.channel].flatMap((name) => methods.find((method) => method.name === name) ?? []);
}

/** What runs a method, by its shape. */
function stepOf(deps: LoginDeps, method: LoginMethod, offered: (visit: Visit) => readonly LoginMethod[]): WizardStep<NoDraft, LoginScene> {
  switch (method.shape) {
    case 'form':
    case 'challenge':
      return answeredStep(deps, method, offered);
    case 'handover':
      return handoverStep(deps, method, offered);
    case 'redirect':
      return redirectStep(deps, method, offered);
  }
}
