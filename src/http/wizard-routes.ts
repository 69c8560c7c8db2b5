import type Router from '@koa/router';
import type { AppContext, AppState } from './app-context.ts';
import { runAction, showStep, submitStep, type Run, type Wizard, type WizardDeps } from './wizard.ts';

/** What a request to a wizard is about: which wizard, which run of it, and what its steps know. */
export interface Standing<Draft extends object, Scene> {
  readonly wizard: Wizard<Draft, Scene>;
  readonly run: Run;
  readonly scene: Scene;
}

/** This wizard is not for the person now; another page is. */
export interface Elsewhere {
  readonly leaveTo: string;
}

/**
 * The addresses of a wizard below `path`: itself (leads to where the person is), its steps, and the button that sends
 * a code.
 *
 * @param standing - read anew for every request; what it refuses is refused for all of them
 */
export function wizardRoutes<Draft extends object, Scene>(
  router: Router<AppState>,
  deps: WizardDeps,
  path: string,
  standing: (ctx: AppContext & { params: Record<string, string | undefined> }) => Promise<Standing<Draft, Scene> | Elsewhere>,
): void {
  const at =
    (handle: (standing: Standing<Draft, Scene>, ctx: AppContext, step: string | undefined) => Promise<void>) =>
    async (ctx: AppContext & { params: Record<string, string | undefined> }) => {
      const found = await standing(ctx);
      if (!('leaveTo' in found)) return handle(found, ctx, ctx.params.step);
      ctx.status = 303;
      ctx.redirect(found.leaveTo);
    };
  router.get(
    `${path}{/:step}`,
    at(({ wizard, run, scene }, ctx, step) => showStep(deps, wizard, run, scene, ctx, step)),
  );
  router.post(
    `${path}/:step`,
    at(({ wizard, run, scene }, ctx, step) => submitStep(deps, wizard, run, scene, ctx, String(step))),
  );
  router.post(
    `${path}/:step/send-code`,
    at(({ wizard, run, scene }, ctx, step) => runAction(deps, wizard, run, scene, ctx, String(step), 'send-code')),
  );
}
