import type { PasskeyDeps } from '../../src/domain/authenticator/passkey.ts';
import type { PasskeySite } from '../../src/domain/authenticator/passkey-options.ts';
import type { ConfirmPasswordDeps } from '../../src/domain/authenticator/password.ts';
import { isFresh, mayReadIdentity, provedHere } from '../../src/domain/presence/strength.ts';
import type { AuthenticatorPolicy } from '../../src/domain/policy.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { UnitOfWork } from '../../src/domain/unit-of-work.ts';
import type { AppContext } from '../../src/http/app-context.ts';
import type { Devices } from '../../src/http/devices.ts';
import type { LevelDeps } from '../../src/oidc/level.ts';
import { proofingScene, type ProofingSceneDeps } from '../proofing-method.ts';
import { visitOf, type Visit, type VisitDeps } from '../visit.ts';
import type { ProofingWizardDeps, StepUpScene } from './proofing.ts';

export interface StepUpDeps extends VisitDeps, ProofingWizardDeps, ProofingSceneDeps {
  readonly levels: LevelDeps;
  readonly unitOfWork: UnitOfWork;
  readonly passwords: ConfirmPasswordDeps;
  readonly devices: Devices;
  readonly authenticators: AuthenticatorPolicy;
  readonly passkeys: PasskeyDeps;
  readonly site: PasskeySite;
}

/** A step-up under way: the request, and who is in it. */
export interface Stage {
  readonly visit: Visit;
  readonly scene: StepUpScene;
}

/** @throws Refused form.stale outside a step-up */
export async function stageOf(deps: StepUpDeps, ctx: AppContext): Promise<Stage> {
  const visit = await visitOf(deps, ctx);
  if (!visit.session || visit.prompt.name !== 'step_up') throw new Refused('interaction.expired');
  const { accountId, uid: sessionUid } = visit.session;
  const now = deps.clock.now();
  const factors = provedHere(await deps.levels.sessions.factors(sessionUid, now));
  const { uid, client, service } = visit;
  const scene = await proofingScene(deps, ctx, {
    uid,
    accountId,
    clientId: client.clientId,
    sessionUid,
    mobileProven: factors.some((factor) => factor.amr === 'sms' && isFresh(factor, now)),
    mayReadIdentity: mayReadIdentity(factors, now),
    openedAt: undefined,
  });
  return { visit, scene: { ...scene, sessionUid, interaction: visit.base, base: `${visit.base}/step-up`, service } };
}
