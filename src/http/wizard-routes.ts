import type Router from '@koa/router';
import type { AppContext, AppState } from './app-context.ts';
import { runAction, showStep, submitStep, type Run, type Wizard, type WizardDeps } from './wizard.ts';

/** What a request to a wizard is about: which wizard, which run of it, and what its steps know. */
export interface Standing<Draft extends object, Scene> {
  readonly wizard: Wizard<Draft, Scene>;
  readonly run: Run;
  readonly scene: Scene;
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
  standing: (ctx: AppContext & { params: Record<string, string | undefined> }) => Promise<Standing<Draft, Scene>>,
): void {
  router.get(`${path}{/:step}`, async (ctx) => {
    const { wizard, run, scene } = await standing(ctx);
    await showStep(deps, wizard, run, scene, ctx, ctx.params.step);
  });
  router.post(`${path}/:step`, async (ctx) => {
    const { wizard, run, scene } = await standing(ctx);
    await submitStep(deps, wizard, run, scene, ctx, String(ctx.params.step));
  });
  router.post(`${path}/:step/send-code`, async (ctx) => {
    const { wizard, run, scene } = await standing(ctx);
    await runAction(deps, wizard, run, scene, ctx, String(ctx.params.step), 'send-code');
  });
}
