import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import type { Authentication, LevelDecision } from '../domain/assurance/acr.ts';
import type { Clock } from '../domain/clock.ts';
import { platformLocale } from '../domain/person/account.ts';
import { mobileProofWrites } from '../domain/presence/prove.ts';
import { fromPlain, type PlainFactor } from '../domain/presence/strength.ts';
import type { UnitOfWork, Write } from '../domain/unit-of-work.ts';
import { secondsAfter } from '../domain/clock.ts';
import { deviceName } from '../http/device-name.ts';
import { acrClaim, decideRequest, type LevelDeps, type OurResult } from './level.ts';
import { hintedSubject } from './id-token-hint.ts';
import { policyToFill } from './library.ts';
import type { HeaderOf, SubjectOf } from './subject.ts';

/**
 * What must happen before a relying party gets an answer, in this order:
 * `create` → `login` → `step_up` → `consent`. Every check has a name and one sentence.
 */
export interface PolicyDeps {
  readonly levels: LevelDeps;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly absoluteSeconds: number;
  readonly subjectOf: SubjectOf;
  readonly headerOf: HeaderOf;
  /** The language in which the person sees pages. */
  readonly localeOf: (ctx: KoaContextWithOIDC) => string;
}

const { Check, Prompt } = interactionPolicy;

export function createPolicy(deps: PolicyDeps): interactionPolicy.DefaultPolicy {
  const { policy, login, consent } = policyToFill();
  policy.add(new Prompt({ name: 'create', requestable: true }), 0);
  login.checks.add(accountIsThere());
  login.checks.add(isHintedAt(deps));
  login.checks.add(ownAppIsSomebodys());
  policy.add(stepUp(deps), 2);
  consent.checks.add(askedForConsent());
  consent.checks.add(appIsAllowed());
  return policy;
}

/** An app is given nothing unseen: whoever asks from a device may be another app than its client says (RFC 8252 section 8.6). */
function appIsAllowed() {
  return new Check('native_client_prompt', 'an app asks every time', 'interaction_required', ({ oidc: { client, params, result } }) => {
    const asks = client?.applicationType === 'native' && params?.response_type !== 'none';
    return asks && client.first_party !== true && !result?.consent;
  });
}

/**
 * The platform's own app has no consent page, and may all the same not be somebody else's: any app of the device can claim a
 * private scheme or listen on the loopback interface. There a session of the browser is no answer, only a sign-in within the
 * request is. An https address is claimed by proof (app links) and needs none.
 */
function ownAppIsSomebodys() {
  const description = 'an app at an address that any other could claim asks for a sign-in';
  return new Check('native_sign_in', description, 'login_required', ({ oidc: { client, params, result } }) => {
    const asks = client?.applicationType === 'native' && client.first_party === true && params?.response_type !== 'none';
    return asks && !String(params?.redirect_uri).startsWith('https:') && !result?.login;
  });
}

function askedForConsent() {
  // A service of the platform itself has no consent page, whatever it asks for.
  return new Check(
    'consent_prompt',
    'the service asks for the consent page',
    'consent_required',
    ({ oidc }) => oidc.promptPending('consent') && oidc.client?.first_party !== true,
  );
}

function accountIsThere() {
  return new Check(
    'account_gone',
    'the account of the session is locked or gone',
    'login_required',
    ({ oidc }) => oidc.session?.accountId !== undefined && oidc.account === undefined,
  );
}

/**
 * The library's own checks ask again for ever when somebody else signs in; after one mismatch the
 * relying party gets `login_required` (D1).
 */
function isHintedAt({ subjectOf }: PolicyDeps) {
  const description = 'the signed-in person is not the one the service asked for';
  return new Check('hinted_subject', description, 'login_required', async (ctx) => {
    const { session, client, claims, result } = ctx.oidc;
    const wanted = claims.id_token?.sub?.value ?? (await hintedSubject(ctx));
    if (wanted === undefined || !client) return Check.NO_NEED_TO_PROMPT;
    if (!session?.accountId) return Check.REQUEST_PROMPT;
    if (wanted === (await subjectOf(ctx, session.accountId, client))) return Check.NO_NEED_TO_PROMPT;
    if (result?.login) throw new errors.LoginRequired('somebody else signed in');
    return Check.REQUEST_PROMPT;
  });
}

/**
 * Levels (D3). Three checks over one decision, because each has its own answer under `prompt=none`:
 * an essential value → `unmet_authentication_requirements`, the client's minimum → `interaction_required`,
 * a voluntary one → silence.
 */
function stepUp(deps: PolicyDeps) {
  const decision = async (ctx: KoaContextWithOIDC) => {
    await keepFactors(deps, ctx);
    const decided = await decideRequest(deps.levels, ctx);
    if (decided.verdict === 'unmet') {
      throw new errors.UnmetAuthenticationRequirements('the requested level cannot be reached');
    }
    return decided;
  };
  const asksEssential = ({ oidc: { params } }: KoaContextWithOIDC) => acrClaim(params?.claims).essential;
  return new Prompt(
    { name: 'step_up', requestable: false },
    async (ctx) => {
      const decided = await decideRequest(deps.levels, ctx);
      return decided.verdict === 'step-up' ? detailsOf(decided, decided.authentication) : {};
    },
    new Check('essential_level', 'the level the service insists on is not reached', 'unmet_authentication_requirements', async (ctx) => {
      const decided = await decision(ctx);
      return decided.verdict === 'step-up' && decided.hard && asksEssential(ctx);
    }),
    new Check('minimum_level', 'the minimum level of the service is not reached', 'interaction_required', async (ctx) => {
      const decided = await decision(ctx);
      return decided.verdict === 'step-up' && decided.hard && !asksEssential(ctx);
    }),
    new Check('preferred_level', 'the level the service would like is not reached', 'interaction_required', async (ctx) => {
      const decided = await decision(ctx);
      return decided.verdict === 'step-up' && !decided.hard && !ctx.oidc.prompts.has('none');
    }),
  );
}

/** What the level page goes by; the interaction keeps it as JSON. */
function detailsOf(
  { target, hard }: Extract<LevelDecision, { verdict: 'step-up' }>,
  { amr, here = amr, newDevice = false }: Authentication,
): Record<string, unknown> {
  return { target: target.acr, hard, amr: [...amr], here: [...here], newDevice };
}

const kept = new WeakMap<KoaContextWithOIDC, Promise<void>>();

/**
 * Factors of a sign-in travel in the interaction result, because at the first one there is no session
 * yet; here they are written under its uid. Doing it again at the next resume changes nothing.
 */
function keepFactors(deps: PolicyDeps, ctx: KoaContextWithOIDC): Promise<void> {
  const known = kept.get(ctx);
  if (known) return known;
  const work = writeFactors(deps, ctx);
  kept.set(ctx, work);
  return work;
}

async function writeFactors(deps: PolicyDeps, ctx: KoaContextWithOIDC): Promise<void> {
  const { unitOfWork, clock, absoluteSeconds } = deps;
  const { session, result } = ctx.oidc;
  const { factors = [] } = (result?.minxin ?? {}) as OurResult;
  if (!session?.accountId || factors.length === 0) return;
  await unitOfWork.commit('resume', [
    {
      write: 'session-factors.put',
      sessionUid: session.uid,
      accountId: session.accountId,
      factors: factors.map(fromPlain),
      expiresAt: secondsAfter(clock.now(), absoluteSeconds),
      device: deviceName(ctx.req.headers),
    },
    ...(await mobileWrites(deps, ctx, session.accountId, factors)),
    ...(await localeWrites(deps, ctx, session.accountId)),
  ]);
}

/** Who signs in by a code has the mobile. */
async function mobileWrites(
  { headerOf, clock }: PolicyDeps,
  ctx: KoaContextWithOIDC,
  accountId: string,
  factors: readonly PlainFactor[],
): Promise<readonly Write[]> {
  const known = (await headerOf(ctx, accountId))?.mobileProven === true;
  return known ? [] : mobileProofWrites(accountId, factors.map(fromPlain), clock.now());
}

/** Who signs in in another language than the last time is addressed in that one from now on, and services are told. */
async function localeWrites(
  { headerOf, localeOf, clock }: PolicyDeps,
  ctx: KoaContextWithOIDC,
  accountId: string,
): Promise<readonly Write[]> {
  const { locale: known } = (await headerOf(ctx, accountId)) ?? {};
  const shown = localeOf(ctx);
  const locale = shown === platformLocale ? undefined : shown;
  return locale === known ? [] : [{ write: 'account.update', accountId, set: { locale: locale ?? null }, at: clock.now() }];
}
