import type { Clock } from '../../src/domain/clock.ts';
import { noticeWrites } from '../../src/domain/notification/notice.ts';
import type { AccountStore } from '../../src/domain/person/account.ts';
import {
  fromPlain,
  isTrusting,
  onNewDevice,
  provedHere,
  strengthOf,
  type PlainFactor,
  type SessionFactor,
} from '../../src/domain/presence/strength.ts';
import type { QuotaStore } from '../../src/domain/short-lived.ts';
import type { UnitOfWork, Write } from '../../src/domain/unit-of-work.ts';
import { bindWrites, type BindDeps } from '../../src/domain/upstream/bind.ts';
import type { Vault } from '../../src/domain/vault.ts';
import { deviceName } from '../../src/http/device-name.ts';
import type { Devices } from '../../src/http/devices.ts';
import type { Pages } from '../../src/http/page.ts';
import type { Finish } from '../../src/oidc/outcome.ts';
import { chosenOf, type PendingDeps } from '../pending-binding.ts';
import type { Visit } from '../visit.ts';
import { audited, auditedRefusal, type AuditOrigin } from '../../src/domain/audit/record.ts';

/** What every sign-in ends with, whatever it took. */
export interface SignInDeps extends BindDeps, PendingDeps {
  readonly finish: Finish;
  readonly clock: Clock;
  readonly unitOfWork: UnitOfWork;
  readonly devices: Devices;
  readonly quotas: QuotaStore;
  readonly vault: Vault;
  readonly accounts: AccountStore;
  readonly pages: Pages;
  readonly signIns: (method: string, result: 'succeeded' | 'refused') => void;
}

/** Who proved to be whom, and by which method. Plain data. */
export interface SignIn {
  readonly accountId: string;
  readonly method: string;
  readonly factors: readonly PlainFactor[];
  /** Milliseconds: when another device was signed in that finished this (`auth_time`); absent: now. */
  readonly signedInAt?: number | undefined;
}

/** Somebody is in: the service gets its answer. Everything was written before. */
export async function welcome(deps: SignInDeps, visit: Visit, { accountId, method, factors: plain, signedInAt }: SignIn): Promise<void> {
  const now = deps.clock.now();
  const at = signedInAt === undefined ? now : new Date(signedInAt);
  // One sign-in, one moment: a factor of a minute ago would be older than the sign-in it belongs to (max_age).
  const made = plain.map((factor) => (signedInAt === undefined ? { ...fromPlain(factor), at } : fromPlain(factor)));
  // What another device proved was judged there.
  const isEnough = signedInAt !== undefined || isTrusting(strengthOf(made, now));
  const factors = isEnough || !(await isNewDevice(deps, visit, accountId)) ? made : onNewDevice(made, now);
  deps.signIns(method, 'succeeded');
  deps.devices.remember(visit.ctx, accountId, strengthOf(provedHere(factors), now));
  await deps.finish(visit.ctx, {
    outcome: 'signed-in',
    accountId,
    factors,
    at,
    created: visit.prompt.name === 'create',
  });
}

/** Of somebody whose identity nobody has verified it makes no difference. */
async function isNewDevice({ devices, accounts }: SignInDeps, { ctx }: Visit, accountId: string): Promise<boolean> {
  const account = await accounts.header(accountId);
  return account?.personId !== undefined && !devices.trusts(ctx, account);
}

/**
 * What a sign-in that succeeds writes: its audit record and, on a device that never signed in to the account before,
 * the notice to its owner (PRV-06); and the binding that it was for.
 *
 * @throws Refused bind.weak, bind.other-person
 */
export async function signInWrites(
  deps: SignInDeps,
  visit: Visit,
  { accountId, method, factors }: { readonly accountId: string; readonly method: string; readonly factors: readonly SessionFactor[] },
): Promise<readonly Write[]> {
  const event = signInEvent(deps, visit, 'sign-in.succeeded', { accountId, method });
  const pending = await chosenOf(deps, visit.uid);
  const bound = pending ? await bindWrites(deps, visit.ctx.state, pending, { accountId, factors }) : [];
  const { ctx } = visit;
  const account = deps.devices.knows(ctx, accountId) ? undefined : await deps.accounts.byId(accountId);
  if (!account || !(await mayTell(deps, accountId))) return [...bound, event];
  const { locale } = ctx.state;
  const device = deviceName(ctx.req.headers) ?? deps.pages.words.text(locale, 'login.unknown-device');
  return [...bound, event, ...noticeWrites(account, { name: 'new-device', locale, params: { device } }, deps.clock.now())];
}

/** Notices of new devices in an hour: whoever knows the password cannot make the owner's phone ring all night. */
const noticesPerHour = 5;

async function mayTell({ quotas, clock }: Pick<SignInDeps, 'quotas' | 'clock'>, accountId: string): Promise<boolean> {
  return (await quotas.take([{ key: `new-device:${accountId}`, limit: noticesPerHour, windowSeconds: 3600 }], clock.now())).ok;
}

/** The audit record of a step of a sign-in. */
export function signInEvent(
  { clock }: Pick<SignInDeps, 'clock'>,
  visit: Visit,
  event: 'sign-in.succeeded' | 'first-factor.accepted',
  { accountId, method }: { readonly accountId: string; readonly method: string },
): Write {
  return audited(event, clock.now(), originOf(visit, accountId), { method });
}

/** The audit record of a step that was refused. */
export async function recordRefusal(
  { clock, vault, unitOfWork }: Pick<SignInDeps, 'clock' | 'vault' | 'unitOfWork'>,
  visit: Visit,
  event: 'sign-in.refused' | 'second-factor.refused',
  { accountId, ...details }: { readonly accountId: string | undefined; readonly method: string; readonly reason: string },
): Promise<void> {
  const origin = { ...originOf(visit, accountId), address: visit.ctx.state.address };
  await unitOfWork.commit('sign-in-refused', [auditedRefusal(vault, event, { at: clock.now(), origin, details })]);
}

function originOf({ ctx, client }: Visit, accountId: string | undefined): AuditOrigin {
  return { accountId, clientId: client.clientId, requestId: ctx.state.requestId };
}
