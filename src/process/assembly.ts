import { join } from 'node:path';
import type { Adapters } from '../../adapters/registry.ts';
import { journeys, loginMethods, proofingMethods } from '../../interactions/registry.ts';
import { createAsk } from '../../interactions/help/answers.ts';
import type { Environment } from '../config/environment.ts';
import { createStoppedAttempts, type StoppedAttempts } from '../domain/audit/stopped-attempts.ts';
import type { ClientRecord } from '../domain/client.ts';
import type { Clock } from '../domain/clock.ts';
import { mask } from '../domain/person/masking.ts';
import type { Profile } from '../domain/policy.ts';
import { loadAssets, type Assets } from '../http/assets.ts';
import { createCookieJar, type CookieJar } from '../http/cookies.ts';
import { createFormTokens, type FormTokens } from '../http/form-token.ts';
import { constantHeaders } from '../http/headers.ts';
import { createPages, type Pages } from '../http/page.ts';
import { loadWords, speakerOf, type Words } from '../http/words.ts';
import { createFirstPage } from '../../interactions/dispatch.ts';
import type { Journey } from '../../interactions/journey.ts';
import type { AppApiDeps } from '../oidc/app-api.ts';
import { appContextOf } from '../oidc/app-contexts.ts';
import { rememberDocuments } from '../oidc/documents.ts';
import { ownClient } from './own-client.ts';
import { crossOriginRules } from '../oidc/cors.ts';
import { straightToPage } from '../oidc/first-page.ts';
import { currentKeys } from '../oidc/key-ring.ts';
import type { LevelDeps } from '../oidc/level.ts';
import { createProvider, type ProviderDeps } from '../oidc/provider.ts';
import { createProviderPages, localeOf, showBusy } from '../oidc/provider-pages.ts';
import { recordReplay } from '../oidc/replay.ts';
import { createResumes, type Resumes } from '../oidc/resume.ts';
import { answerAsObjectAsks } from '../oidc/request-objects.ts';
import { serverErrors } from '../oidc/server-errors.ts';
import { createRing, type ProviderRing } from '../oidc/ring.ts';
import { beforeSessionEnds } from '../oidc/session-end.ts';
import { createStandingSignIn } from '../oidc/standing-sign-in.ts';
import { createHeaderOf, createSubjectOf } from '../oidc/subject.ts';
import { createSubmissions, type Submissions } from '../oidc/submission.ts';
import { journeyDeps, type Materials } from './journey-deps.ts';
import { isLoopback } from '../domain/loopback.ts';

/** Puts the parts together: the only place that knows all of them. Nothing here decides anything. */
export interface Assembly {
  readonly adapters: Adapters;
  readonly profile: Profile;
  readonly environment: Environment;
  readonly words: Words;
  readonly assets: Assets;
  readonly cookies: CookieJar;
  readonly tokens: FormTokens;
  readonly pages: Pages;
  readonly ring: ProviderRing;
  readonly submissions: Submissions;
  readonly resumes: Resumes;
  readonly journeys: readonly Journey[];
  readonly app: AppApiDeps;
  /** Of this process; told by a job. */
  readonly stoppedAttempts: StoppedAttempts;
  readonly clock: Clock;
}

export interface AssemblyOptions extends Materials {
  readonly cookieKeys: readonly string[];
  readonly clients: readonly ClientRecord[];
}

export const interactionsFolder = join(import.meta.dirname, '../../interactions');

export async function assemble(options: AssemblyOptions): Promise<Assembly> {
  const { environment, cookieKeys, profile, adapters, clock } = options;
  const { issuer } = environment;
  const https = issuer.startsWith('https:');
  const words = loadWords(interactionsFolder, speakerOf(profile));
  const assets = loadAssets(join(interactionsFolder, 'layout/assets'));
  const cookies = createCookieJar({ keys: cookieKeys, https });
  const tokens = createFormTokens({
    keys: cookieKeys,
    issuer,
    vault: adapters.vault,
    nameOf: async (accountId) => mask.mobile((await adapters.accounts.byId(accountId))?.mobile ?? '').text,
  });
  const pages = createPages({ words, brand: profile.brand, ask: createAsk(words, profile), assets, tokens, sandbox: environment.sandbox });
  const levels = levelDeps(options);
  const { once, turns } = adapters.shortLived;
  const { vault } = adapters;
  const submissions = createSubmissions({ vault, cookies, turns, clock });
  const resumes = createResumes({ once, turns, vault, clock, submissions, busy: (ctx, refused) => showBusy(pages, ctx, refused) });
  const ring = await providerRing(options, { pages, cookies, tokens, levels, resumes });
  const stoppedAttempts = createStoppedAttempts({ ...adapters, clock });
  const stopped = stoppedAttempts.note;
  const provider = () => ring.current();
  const deps = journeyDeps(options, { words, cookies, tokens, pages, levels, resumes, submissions, stopped, provider });
  const ways = { login: loginMethods(deps.login), proofing: proofingMethods(deps.proofing, profile.proofing) };
  return {
    adapters,
    profile,
    environment,
    words,
    assets,
    cookies,
    tokens,
    pages,
    ring,
    submissions,
    resumes,
    stoppedAttempts,
    clock,
    journeys: journeys(deps.journeys, ways),
    app: deps.app,
  };
}

function levelDeps({ profile, adapters, clock }: AssemblyOptions): LevelDeps {
  return {
    ladder: profile.ladders.person,
    methods: new Set(profile.proofing),
    evidence: adapters.evidence,
    sessions: adapters.sessions,
    clock,
  };
}

type Shown = {
  readonly pages: Pages;
  readonly cookies: CookieJar;
  readonly tokens: FormTokens;
  readonly levels: LevelDeps;
  readonly resumes: Resumes;
};

async function providerRing(options: AssemblyOptions, shown: Shown): Promise<ProviderRing> {
  const { adapters, clock } = options;
  const deps = providerDeps(options, shown);
  return createRing({
    version: () => adapters.signingKeys.version(),
    keys: () => currentKeys({ store: adapters.signingKeys, clock }),
    clock,
    create(keys) {
      const provider = createProvider(deps, keys);
      provider.on('grant.error', (ctx, error) => {
        recordReplay({ ...adapters, clock }, ctx, error).catch((lost: unknown) =>
          options.log.error('job.failed', lost, { useCase: 'token-replay' }),
        );
      });
      provider.on('server_error', (ctx, error) => {
        options.log.error('provider.failed', error, { requestId: appContextOf(ctx).state.requestId });
      });
      shown.resumes.answerOnce(provider);
      rememberDocuments(provider, constantHeaders(options.environment.issuer.startsWith('https:')));
      provider.use(crossOriginRules(options.clients));
      provider.use(serverErrors);
      provider.use(answerAsObjectAsks);
      provider.use(straightToPage(createFirstPage(options.profile)));
      provider.use(async (ctx, next) => {
        await next();
        await deps.pages.switchPage(ctx as never);
      });
      return provider;
    },
  });
}

function providerDeps(options: AssemblyOptions, { pages, cookies, tokens, levels, resumes }: Shown): ProviderDeps {
  const { adapters, environment, profile, clock } = options;
  const { accounts, persons, vault, unitOfWork } = adapters;
  const headerOf = createHeaderOf(accounts);
  const subjectOf = createSubjectOf(headerOf, vault);
  const stands = createStandingSignIn(headerOf);
  const { absoluteSeconds } = profile.sessions;
  const { outboundAllow } = environment;
  const sessionEnd = { unitOfWork, subjectOf, clock };
  return {
    issuer: environment.issuer,
    cookieKeys: options.cookieKeys,
    clients: [...options.clients, ownClient(environment.issuer)],
    sessions: profile.sessions,
    mayCall: ({ origin, hostname }) => outboundAllow.origins.includes(origin) || (outboundAllow.loopback && isLoopback(hostname)),
    state: {
      storeOf: adapters.storeOf,
      stores: adapters.stateStores,
      vault,
      clock,
      beforeSessionEnds: () => beforeSessionEnds(sessionEnd),
    },
    accounts: { headerOf, accounts, persons, levels, nameMask: profile.masking.name },
    subjectOf,
    policy: { levels, unitOfWork, clock, absoluteSeconds, subjectOf, headerOf, localeOf: (ctx) => localeOf(ctx, cookies) },
    grants: { consents: adapters.consents },
    sessionEnd,
    pages: createProviderPages({ pages, cookies, tokens, subjectOf, answered: resumes.answered }),
    mayResume: async (ctx, interaction) => resumes.mayResume(ctx, interaction) && (await stands(ctx, interaction)),
    usable: async (ctx, accountId) => (await headerOf(ctx, accountId))?.status === 'active',
  };
}
