import type Router from '@koa/router';
import type { AppContext, AppState } from './app-context.ts';
import type { Run, Wizard, WizardDeps } from './wizard.ts';
import { backToStep, runAction, showStep, submitStep } from './wizard-run.ts';

export type RoutedContext = AppContext & { params: Record<string, string | undefined> };

/** What a request to a wizard is about. */
export type Standing<Draft extends object, Scene> = Omit<Run<Draft, Scene>, 'ctx'>;

/** This wizard is not for the person now; another page is, or they were led there already. */
export type Elsewhere = { readonly leaveTo: string } | undefined;

type StandingOf<Draft extends object, Scene> = (ctx: RoutedContext) => Promise<Standing<Draft, Scene> | Elsewhere>;

/**
 * The addresses of a wizard below `path`: itself (leads to where the person is), its steps, and their other buttons.
 *
 * @param standing - read anew for every request; what it refuses is refused for all of them
 */
export function wizardRoutes<Draft extends object, Scene>(
  router: Router<AppState>,
  deps: WizardDeps,
  path: string,
  standing: StandingOf<Draft, Scene>,
): void {
  const at = atRun(standing);
  const button = ({ params }: RoutedContext) => ({ path: params.step ?? '', action: params.action ?? '' });
  router.get(
    `${path}{/:step}`,
    at((run, { params }) => showStep(deps, run, params.step)),
  );
  router.post(
    `${path}/:step`,
    at((run, { params }) => submitStep(deps, run, params.step)),
  );
  router.get(
    `${path}/:step/:action`,
    at(async (run, ctx) => backToStep(run, button(ctx))),
  );
  router.post(
    `${path}/:step/:action`,
    at((run, ctx) => runAction(deps, run, button(ctx))),
  );
}

/** The addresses of a wizard of one page: `path` itself, and its other buttons below it. */
export function pageRoutes<Draft extends object, Scene>(
  router: Router<AppState>,
  deps: WizardDeps,
  { path, wizard }: { readonly path: string; readonly wizard: Wizard<Draft, Scene> },
  standing: (ctx: RoutedContext) => Promise<Omit<Standing<Draft, Scene>, 'wizard'> | Elsewhere>,
): void {
  const at = atRun(async (ctx) => {
    const found = await standing(ctx);
    return found && 'scene' in found ? { ...found, wizard } : found;
  });
  router.get(
    path,
    at((run) => showStep(deps, run)),
  );
  if (wizard.steps.some(({ submit }) => submit !== undefined)) {
    router.post(
      path,
      at((run) => submitStep(deps, run)),
    );
  }
  for (const action of wizard.steps.flatMap(({ actions = {} }) => Object.keys(actions))) {
    router.get(
      `${path}/${action}`,
      at(async (run) => backToStep(run, { action })),
    );
    router.post(
      `${path}/${action}`,
      at((run) => runAction(deps, run, { action })),
    );
  }
}

function atRun<Draft extends object, Scene>(standing: StandingOf<Draft, Scene>) {
  return (handle: (run: Run<Draft, Scene>, ctx: RoutedContext) => Promise<void>) =>
    async (ctx: RoutedContext): Promise<void> => {
      const found = await standing(ctx);
      if (found === undefined) return;
      if ('scene' in found) return handle({ ...found, ctx }, ctx);
      ctx.status = 303;
      ctx.redirect(found.leaveTo);
    };
}
