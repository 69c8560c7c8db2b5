import type { Provider } from 'oidc-provider';
import type { Adapters } from '../../adapters/registry.ts';
import type { JourneyDeps, LoginMethodDeps, ProofingMethodDeps } from '../../interactions/registry.ts';
import type { Environment } from '../config/environment.ts';
import type { StoppedAttempts } from '../domain/audit/stopped-attempts.ts';
import type { Clock } from '../domain/clock.ts';
import { createActivationPass } from '../domain/person/activation-pass.ts';
import type { Profile } from '../domain/policy.ts';
import type { BankCardSource, IdentitySource } from '../domain/proofing/identity-source.ts';
import { createCaptchaDesk } from '../http/captcha-desk.ts';
import { createUpstreamDesk } from '../http/upstream-desk.ts';
import { createCodeDesk } from '../http/code-desk.ts';
import type { CookieJar } from '../http/cookies.ts';
import { createDevices } from '../http/devices.ts';
import type { FormTokens } from '../http/form-token.ts';
import type { Log } from '../http/log.ts';
import type { Metrics } from '../http/metrics.ts';
import type { Pages } from '../http/page.ts';
import type { Words } from '../http/words.ts';
import type { AppApiDeps } from '../oidc/app-api.ts';
import type { LevelDeps } from '../oidc/level.ts';
import { createFinish } from '../oidc/outcome.ts';
import type { Resumes } from '../oidc/resume.ts';
import { createEndingWrites } from '../oidc/session-end.ts';
import { createHeaderOf, createSubjectOf } from '../oidc/subject.ts';
import type { Submissions } from '../oidc/submission.ts';
import { authenticatorDeps } from './authenticator-deps.ts';
import { createBudgetAlarm } from './budget-alarm.ts';
import { handoverDeps } from './handover-deps.ts';

/** What a process is made of before anything is put together. */
export interface Materials {
  readonly environment: Environment;
  readonly profile: Profile;
  readonly adapters: Adapters;
  readonly sources: {
    readonly identity: IdentitySource;
    readonly bankCard: BankCardSource;
    /** Third parties that sign people in; those without an address are not there. */
    readonly upstreams: LoginMethodDeps['upstreams'];
  };
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
  /** The process is about to end. */
  readonly isClosing: () => boolean;
}

/** What pages are shown and forms answered with, made once for the process. */
export interface Parts {
  readonly words: Words;
  readonly cookies: CookieJar;
  readonly tokens: FormTokens;
  readonly pages: Pages;
  readonly levels: LevelDeps;
  readonly resumes: Resumes;
  readonly stopped: StoppedAttempts['note'];
  readonly submissions: Submissions;
  readonly provider: () => Provider;
}

/** What each journey and each method is given (docs/adr/0046-a-journey-gets-what-it-names.md). */
export function journeyDeps(
  materials: Materials,
  parts: Parts,
): { journeys: JourneyDeps; login: LoginMethodDeps; proofing: ProofingMethodDeps; app: AppApiDeps } {
  const common = commonOf(materials, parts);
  return {
    journeys: exactly<JourneyDeps>()({
      ...interactionDeps(materials, parts, common),
      ...accountDeps(materials, parts, common),
      help: { issuer: materials.environment.issuer, pages: parts.pages, profile: materials.profile },
    }),
    login: loginDeps(materials, parts, common),
    proofing: proofingDeps(materials, parts, common),
    app: appDeps(materials, common),
  };
}

/** A spread object may bring more than a type names, and the compiler is silent. Here it is not. */
type Exactly<Asked, Given> = {
  readonly [Name in keyof Given]: Name extends keyof Asked ? Record<Exclude<keyof Given[Name], keyof Asked[Name]>, never> : never;
};

function exactly<Asked>() {
  return <Given extends Asked>(given: Given & Exactly<Asked, Given>): Asked => given;
}

type Common = ReturnType<typeof commonOf>;

/** Made once, and the sets that most pages of one kind need. */
function commonOf(materials: Materials, parts: Parts) {
  const { adapters, environment, profile, clock } = materials;
  const { vault, shortLived, accounts, persons, sessions, unitOfWork } = adapters;
  const { quotas, once, drafts, turns, captchas, otps } = shortLived;
  const { words, cookies, tokens, pages, submissions, provider } = parts;
  const addressLimits = environment.sandboxQuotas || !environment.sandbox;
  const devices = createDevices({ cookies, vault, clock });
  const subjectOf = createSubjectOf(createHeaderOf(accounts), vault);
  const budgetReached = createBudgetAlarm(materials);
  const session = { provider, accounts, policy: profile.sessions, tokens };
  return {
    session,
    addressLimits,
    handover: handoverDeps(materials, { cookies, addressLimits }),
    upstreamDesk: createUpstreamDesk({ once, quotas, cookies, vault, clock, issuer: environment.issuer }),
    authenticator: authenticatorDeps(materials, parts),
    activationPass: createActivationPass({ once, vault, clock }),
    endings: createEndingWrites({ provider, sessions, vault, unitOfWork, subjectOf, clock }),
    /** An interaction of a service. */
    visits: { cookies, provider, session, submissions, finish: createFinish({ ...parts, clock }) },
    wizards: { pages, tokens, drafts, turns, vault, clock },
    /** Who gets a code and a picture, and how often. */
    desks: {
      quotas,
      devices,
      captchas: createCaptchaDesk({ captchas, quotas, vault, clock, policy: profile.captcha }),
      codes: createCodeDesk({
        otps,
        quotas,
        unitOfWork,
        vault,
        clock,
        once,
        words,
        sms: profile.sms,
        devices,
        budgetReached,
        addressLimits,
      }),
    },
    people: { accounts, persons, unitOfWork },
  };
}

function interactionDeps(materials: Materials, parts: Parts, common: Common) {
  const { adapters, sources, environment, profile, metrics } = materials;
  const { activations, unitOfWork, hasher, consents, evidence, shortLived } = adapters;
  const { words, cookies, tokens, pages, levels, stopped } = parts;
  const { visits, wizards, desks, people, endings, session, addressLimits, activationPass } = common;
  const { authenticators, passkeys, passwords, presence, site, totps } = common.authenticator;
  const { brand, landing } = profile;
  const { issuer, sandbox } = environment;
  const identitySource = sources.identity;
  return {
    landing: { captchas: desks.captchas, cookies, issuer, landing, pages, profile, sandbox, session, tokens },
    dispatch: { ...visits, profile },
    login: signInDeps(materials, parts, common),
    bind: { ...visits, ...wizards, persons: people.persons, once: shortLived.once },
    register: {
      once: shortLived.once,
      ...visits,
      ...wizards,
      ...desks,
      ...people,
      profile,
      words,
      hasher,
      identitySource,
      activations,
      activationPass,
    },
    activate: { ...visits, ...wizards, ...desks, ...people, profile, hasher, identitySource, activations, activationPass, endings },
    recover: { ...visits, ...wizards, ...desks, ...people, profile, hasher, endings, addressLimits, passkeys, totps, presence, stopped },
    stepUp: {
      ...visits,
      ...wizards,
      ...desks,
      ...people,
      profile,
      brand,
      words,
      levels,
      identitySource,
      activations,
      evidence,
      ladder: profile.ladders.person,
      lifetimes: profile.sessions,
      authenticators,
      passkeys,
      passwords,
      site,
      proved: metrics.stepUp,
    },
    consent: { ...visits, ...wizards, brand, consents, unitOfWork },
  };
}

function signInDeps({ adapters, profile, metrics }: Materials, { stopped }: Parts, common: Common) {
  const { sessions, shortLived } = adapters;
  const { visits, wizards, desks, people, endings } = common;
  const { authenticators, passwords, secondFactor, presence, changes } = common.authenticator;
  return {
    ...visits,
    ...wizards,
    ...desks,
    ...people,
    profile,
    authenticators,
    secondFactor,
    passwords,
    presence,
    changes,
    endings,
    sessions,
    stopped,
    once: shortLived.once,
    signIns: metrics.signIn,
    handovers: common.handover.desk,
    placeOf: common.handover.placeOf,
    upstreamDesk: common.upstreamDesk,
    bindings: adapters.bindings,
  };
}

function accountDeps({ adapters, profile, sources }: Materials, { stopped }: Parts, common: Common) {
  const { sessions, evidence, shortLived } = adapters;
  const { wizards, desks, people, endings, session, addressLimits } = common;
  const { authenticators, passkeys, passwords, presence, changes, site, totps, recoveryCodes } = common.authenticator;
  const owners = { ...wizards, ...desks, ...people, profile, session, sessions, passwords, presence, endings, stopped };
  const proofs = { ...owners, authenticators, passkeys, site, lifetimes: profile.sessions };
  const offered = new Set([...profile.login.desktop, ...profile.login.h5]);
  const upstreams = Object.keys(sources.upstreams).filter((name) => offered.has(name));
  return {
    account: { ...proofs, evidence, bindings: adapters.bindings, upstreams },
    security: { ...proofs, once: shortLived.once, totps, recoveryCodes },
    undo: { ...owners, addressLimits, changes },
    handover: { ...wizards, session, secondDevice: common.handover.secondDevice },
  };
}

/** The API of the city's own app. */
function appDeps({ environment, clock }: Materials, { session, desks, handover }: Common): AppApiDeps {
  return { ...session, quotas: desks.quotas, clock, issuer: environment.issuer, secondDevice: handover.secondDevice };
}

function loginDeps(
  { adapters, profile, clock, sources }: Materials,
  { stopped }: Parts,
  { desks, authenticator }: Common,
): LoginMethodDeps {
  const { accounts, hasher, vault } = adapters;
  const { passkeys, site } = authenticator;
  const { quotas, codes } = desks;
  const { settlingSeconds } = profile.presence;
  return exactly<LoginMethodDeps>()({
    password: { accounts, clock, documents: profile.documents, hasher, quotas, settlingSeconds, stopped, vault },
    smsCode: { accounts, codes },
    passkey: { passkeys, site },
    upstreams: sources.upstreams,
  });
}

function proofingDeps({ adapters, profile, sources, clock }: Materials, { words, pages }: Parts, common: Common): ProofingMethodDeps {
  const { accounts, activations, persons, unitOfWork, vault } = adapters;
  const { activationPass, endings, desks } = common;
  const { documents, guardian, masking, personName, bankCard: policy } = profile;
  const { quotas, codes, captchas } = desks;
  const both = { accounts, activations, clock, documents, endings, guardian, masking, persons, quotas, unitOfWork, vault, words };
  return exactly<ProofingMethodDeps>()({
    realName: { ...both, activationPass, personName, identitySource: sources.identity },
    bankCard: {
      ...both,
      policy,
      captchas,
      codes,
      pages,
      once: adapters.shortLived.once,
      agreement: profile.brand.bankCardAgreement,
      bankCardSource: sources.bankCard,
    },
  });
}
