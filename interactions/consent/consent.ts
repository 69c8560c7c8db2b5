import { together, type ConsentStore } from '../../src/domain/consent/consent.ts';
import type { Brand } from '../../src/domain/policy.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { UnitOfWork, Write } from '../../src/domain/unit-of-work.ts';
import type { SubmittedForm } from '../../src/http/form.ts';
import type { ActModel } from '../../src/http/page-model.ts';
import type { Page } from '../../src/http/page.ts';
import { actForm } from '../../src/http/step-form.ts';
import { onePage, type FormState, type Wizard, type WizardDeps, type NoDraft } from '../../src/http/wizard.ts';
import { pageRoutes } from '../../src/http/wizard-routes.ts';
import type { Say } from '../../src/http/words.ts';
import { claimRows, mayAskFor, sensitiveScopes } from '../../src/oidc/claims.ts';
import type { Outcome } from '../../src/oidc/outcome.ts';
import type { Journey } from '../journey.ts';
import { visitOf, type Visit, type VisitDeps } from '../visit.ts';
import { audited } from '../../src/domain/audit/record.ts';

/** 用户授权 – what a service is about to learn, and the decision (CON-01). Remembered; first-party clients never get here. */
export interface ConsentDeps extends VisitDeps, WizardDeps {
  readonly consents: ConsentStore;
  readonly unitOfWork: UnitOfWork;
  readonly brand: Pick<Brand, 'privacy'>;
}

export interface ConsentModel {
  readonly service: { readonly name: string; readonly organisation: string | undefined; readonly href: string | undefined };
  readonly items: readonly { readonly label: string; readonly detail: string; readonly sensitive: boolean }[];
  readonly form: ActModel;
  readonly remembered: string;
}

export function createConsent(deps: ConsentDeps): Journey {
  return {
    name: 'consent',
    routes(router) {
      pageRoutes(router, deps, { path: '/interaction/:uid/consent', wizard: consentWizard(deps) }, async (ctx) => {
        const scene = await consentVisit(deps, ctx);
        return { id: scene.uid, base: `${scene.base}/consent`, scene };
      });
    },
  };
}

type ConsentVisit = Visit & { readonly accountId: string };

function consentWizard(deps: ConsentDeps): Wizard<NoDraft, ConsentVisit> {
  return onePage('consent', {
    page: async (_, visit, state) => consentPage(deps, visit, state),
    submit: (form, _, visit) => decide(deps, form, visit),
  });
}

async function consentVisit(deps: ConsentDeps, ctx: Visit['ctx']): Promise<ConsentVisit> {
  const visit = await visitOf(deps, ctx);
  if (visit.prompt.name !== 'consent' || !visit.session) throw new Refused('interaction.expired');
  return { ...visit, accountId: visit.session.accountId };
}

/** What is asked for: all of the request, not only what is new, so that the person sees the whole. */
function asked({ params, client }: Visit): { scopes: string[]; claims: string[] } {
  const scopes = (typeof params.scope === 'string' ? params.scope : '').split(' ').filter(Boolean);
  const named = typeof params.claims === 'string' ? (JSON.parse(params.claims) as { id_token?: object; userinfo?: object }) : {};
  const everything = new Set([...Object.keys(named.id_token ?? {}), ...Object.keys(named.userinfo ?? {})]);
  const claims = claimRows.map(({ claim }) => claim).filter((claim) => everything.has(claim) && mayAskFor(client, claim));
  return { scopes, claims };
}

/** Scopes to show: those asked for, and those that claims asked for one by one belong to. */
function shownScopes({ scopes, claims }: { scopes: readonly string[]; claims: readonly string[] }): readonly string[] {
  const named = claimRows.filter(({ claim }) => claims.includes(claim)).map(({ scope }) => scope);
  return [...new Set([...scopes, ...named])];
}

function consentPage(deps: ConsentDeps, visit: Visit, state: FormState): Page {
  const { ctx } = visit;
  const say: Say = (key, params) => deps.pages.words.text(ctx.state.locale, key, params);
  const model: ConsentModel = {
    service: { name: visit.service?.name ?? visit.client.clientId, organisation: undefined, href: visit.client.clientUri },
    items: consentItems(shownScopes(asked(visit)), say),
    form: actForm(state),
    remembered: say('consent.remembered'),
  };
  return { view: 'consent/consent', model, service: visit.service };
}

/** What a service learns by each scope, in words. A name is told whole to whoever is told the real name. */
export function consentItems(scopes: readonly string[], say: Say): ConsentModel['items'] {
  const isNamed = scopes.includes('real_name');
  return scopes.map((scope) => ({
    label: say(`consent.item.${scope}.label`),
    detail: say(`consent.item.${scope}.${scope === 'profile' && isNamed ? 'detail-with-name' : 'detail'}`),
    sensitive: sensitiveScopes.has(scope),
  }));
}

async function decide(
  deps: ConsentDeps,
  { values }: SubmittedForm,
  visit: ConsentVisit,
): Promise<{ readonly finish: () => Promise<void> }> {
  const { ctx, accountId, client } = visit;
  if (values.decision !== 'allow' && values.decision !== 'deny') throw new Refused('form.malformed');
  const allowed = values.decision === 'allow';
  const { scopes, claims } = asked(visit);
  const earlier = await deps.consents.find(accountId, client.clientId, 'person');
  const now = deps.clock.now();
  const decision: Write[] = allowed
    ? [
        {
          write: 'consent.put',
          consent: together(earlier, {
            accountId,
            clientId: client.clientId,
            principal: 'person',
            scopes,
            claims,
            textVersion: deps.brand.privacy.version,
            givenAt: now,
          }),
        },
      ]
    : [];
  await deps.unitOfWork.commit('consent', [
    ...decision,
    audited(
      allowed ? 'consent.given' : 'consent.denied',
      now,
      { accountId, clientId: client.clientId, requestId: ctx.state.requestId },
      { scopes: [...scopes, ...claims].join(' ') },
    ),
  ]);
  const outcome: Outcome = allowed
    ? { outcome: 'consented' }
    : { outcome: 'error', error: 'access_denied', description: 'the person refused' };
  return { finish: () => deps.finish(ctx, outcome) };
}
