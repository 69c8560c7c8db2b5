import { passwordMark } from '../../src/domain/authenticator/password.ts';
import {
  secondFactorFields,
  useSecondFactor,
  type SecondFactorDeps,
  type SecondFactorKind,
} from '../../src/domain/authenticator/second-factor.ts';
import { secondsAfter } from '../../src/domain/clock.ts';
import type { AuthenticatorPolicy, PresencePolicy } from '../../src/domain/policy.ts';
import { atLeast, fromPlain, strengthOf, toPlain, type SessionFactor } from '../../src/domain/presence/strength.ts';
import { frozenOf, type Frozen } from '../../src/domain/presence/undo.ts';
import { refuseBound } from '../../src/domain/upstream/bind.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { OnceStore } from '../../src/domain/short-lived.ts';
import type { Write } from '../../src/domain/unit-of-work.ts';
import type { Vault } from '../../src/domain/vault.ts';
import { plainForm } from '../../src/http/step-form.ts';
import { checkForm, textFields } from '../../src/http/form-schema.ts';
import type { FormModel, Link } from '../../src/http/page-model.ts';
import type { Pages } from '../../src/http/page.ts';
import type { FormState, WizardStep, NoDraft } from '../../src/http/wizard.ts';
import type { Say } from '../../src/http/words.ts';
import {
  confirmPage,
  firstConfirmable,
  sendConfirmCode,
  submitConfirm,
  type ConfirmPageDeps,
  type ConfirmScene,
} from '../confirm-change.ts';
import type { Visit } from '../visit.ts';
import { recordRefusal, signInEvent, signInWrites, welcome, type SignIn, type SignInDeps } from './sign-in.ts';

/**
 * 双重验证 – an account with an authenticator app is asked for its code after password or SMS code. What was proved
 * before is kept with the interaction for ten minutes; nobody is signed in until both are.
 */
export interface SecondFactorPageDeps extends SignInDeps, ConfirmPageDeps {
  readonly secondFactor: SecondFactorDeps;
  readonly once: OnceStore;
  readonly vault: Vault;
  readonly pages: Pages;
  readonly presence: PresencePolicy;
  readonly authenticators: Pick<AuthenticatorPolicy, 'totp'>;
}

/** A sign-in page, and what was proved before in the same sign-in. */
export interface LoginScene extends Visit {
  readonly first: SignIn | undefined;
  /** Name of the third party that whoever comes in binds. */
  readonly pending: string | undefined;
  /** What of the account is frozen, where that keeps the sign-in from coming to an end. */
  readonly frozen: Frozen | undefined;
}

export interface SecondFactorModel {
  readonly kind: SecondFactorKind;
  readonly form: FormModel;
  /** To the other kind. */
  readonly other: Link;
  /** To sign in as somebody else, or another way. */
  readonly back: Link;
}

const keptSeconds = 600;
const firstKey = (uid: string) => `first-factor:${uid}`;

/** Where the second factor is asked for, by kind. */
const paths: Readonly<Record<SecondFactorKind, string>> = { totp: 'second-factor', 'recovery-code': 'recovery-code' };
/** Where its setting-up is frozen. */
const frozenPath = 'frozen';

/** With what it was proved: whoever set another password or mobile since, in a recovery too, ends it. */
interface FirstFactor extends SignIn {
  readonly mark: string;
}

async function markOf({ accounts }: SecondFactorPageDeps, accountId: string): Promise<string> {
  const [account, password] = await Promise.all([accounts.byId(accountId), accounts.password(accountId)]);
  return passwordMark(`${account?.mobile} ${password?.hash}`);
}

/** What was proved in this interaction; only pages of the second factor ask. */
export async function firstFactor(deps: SecondFactorPageDeps, uid: string, path: string | undefined): Promise<SignIn | undefined> {
  if (![...Object.values(paths), frozenPath].includes(path ?? '')) return undefined;
  const sealed = await deps.once.get(firstKey(uid), deps.clock.now());
  if (sealed === undefined) return undefined;
  const { mark, ...first } = JSON.parse(deps.vault.openFor('first-factor', Buffer.from(sealed, 'base64'))) as FirstFactor;
  return mark === (await markOf(deps, first.accountId)) ? first : undefined;
}

/** Of a sign-in that is kept for it. */
export async function frozenFor(
  deps: SecondFactorPageDeps,
  first: SignIn | undefined,
  path: string | undefined,
): Promise<Frozen | undefined> {
  const account = first && path === frozenPath ? await deps.accounts.byId(first.accountId) : undefined;
  return account && frozenOf(deps, account);
}

/**
 * Where a sign-in goes on that the first factor does not end. A passkey is two factors already; an app is asked for only where
 * there is one. While its setting-up is frozen the first factor alone opens nothing: whoever found the phone with the notice
 * on it would freeze the app, and be in without it. With a password the owner may confirm it.
 *
 * @throws Refused change.frozen
 */
export async function nextFactor(
  deps: SecondFactorPageDeps,
  visit: Visit,
  { accountId, factors, method }: SignIn,
): Promise<string | undefined> {
  if (!deps.authenticators.totp || factors.some(({ amr }) => amr === 'mfa')) return undefined;
  const standing = await deps.secondFactor.totps.standing(accountId);
  if (standing !== 'held') return standing === 'active' ? paths.totp : undefined;
  const refused = new Refused('change.frozen', undefined, { reason: 'sign-in' });
  await recordRefusal(deps, visit, 'sign-in.refused', { accountId, method, reason: refused.code });
  if (atLeast(strengthOf(factors.map(fromPlain), deps.clock.now()), 'password')) return frozenPath;
  throw refused;
}

/**
 * @param path - where it goes on
 * @returns its address
 */
export async function keepFirstFactor(
  deps: SecondFactorPageDeps,
  visit: Visit,
  first: SignIn,
  { path, writes }: { readonly path: string; readonly writes: readonly Write[] },
): Promise<string> {
  const { accountId, method } = first;
  await deps.unitOfWork.commit('first-factor', [...writes, signInEvent(deps, visit, 'first-factor.accepted', { accountId, method })]);
  const kept: FirstFactor = { ...first, mark: await markOf(deps, accountId) };
  const sealed = deps.vault.sealFor('first-factor', JSON.stringify(kept)).toString('base64');
  await deps.once.put(firstKey(visit.uid), sealed, secondsAfter(deps.clock.now(), keptSeconds));
  return `${visit.base}/login/${path}`;
}

export function secondFactorSteps(deps: SecondFactorPageDeps): readonly WizardStep<NoDraft, LoginScene>[] {
  return [secondFactorStep(deps, 'totp'), secondFactorStep(deps, 'recovery-code'), frozenStep(deps)];
}

/** The owner confirms what is frozen, one thing after the other, until the app can be asked for again. */
function frozenStep(deps: SecondFactorPageDeps): WizardStep<NoDraft, LoginScene> {
  const sceneOf = ({ ctx, uid, base, first, frozen }: LoginScene): ConfirmScene => {
    if (!first || !frozen) throw new Refused('form.stale');
    return {
      ctx,
      frozen,
      one: firstConfirmable(frozen),
      scope: uid,
      proof: { way: 'sign-in', factors: first.factors.map(fromPlain) },
      back: { href: `${base}/login`, label: deps.pages.words.text(ctx.state.locale, 'login.second-factor.back') },
    };
  };
  return {
    path: frozenPath,
    when: (_, { first, frozen }) => first !== undefined && frozen !== undefined,
    done: () => false,
    page: async (_, scene, state) => ({ ...(await confirmPage(deps, sceneOf(scene), state)), service: scene.service }),
    actions: { 'send-code': { stays: (form, _, scene) => sendConfirmCode(deps, sceneOf(scene), form) } },
    async submit(form, _, scene) {
      await submitConfirm(deps, sceneOf(scene), form);
      const isHeld = (await deps.secondFactor.totps.standing(scene.first?.accountId ?? '')) === 'held';
      return { leaveTo: `${scene.base}/login/${isHeld ? frozenPath : paths.totp}` };
    },
  };
}

function secondFactorStep(deps: SecondFactorPageDeps, kind: SecondFactorKind): WizardStep<NoDraft, LoginScene> {
  const field = secondFactorFields[kind];
  const schema = textFields([field]);
  return {
    path: paths[kind],
    when: (_, { first }) => first !== undefined,
    done: () => false,
    async page(_, { ctx, base, service }, state) {
      const say: Say = (key) => deps.pages.words.text(ctx.state.locale, key);
      return { view: 'login/second-factor', model: secondFactorModel(say, base, kind, state), service };
    },
    async submit(form, _, visit) {
      const { first } = visit;
      if (!first) throw new Refused('interaction.expired');
      checkForm(schema, form.values);
      const second = await passSecondFactor(deps, visit, first, kind, form.values[field] ?? '');
      return { finish: () => welcome(deps, visit, { ...first, factors: [...first.factors, toPlain(second)] }) };
    },
  };
}

async function passSecondFactor(
  deps: SecondFactorPageDeps,
  visit: Visit,
  first: SignIn,
  kind: SecondFactorKind,
  code: string,
): Promise<SessionFactor> {
  const { accountId } = first;
  const { ctx } = visit;
  const attempt = { accountId, kind, code, address: ctx.state.address, device: deps.devices.knownId(ctx, accountId) };
  try {
    const factors = [...first.factors.map(fromPlain), { amr: 'otp', at: deps.clock.now() }];
    const signedIn = { accountId, method: `${first.method}+${kind}`, factors };
    return await useSecondFactor(deps.secondFactor, attempt, await signInWrites(deps, visit, signedIn)).catch(refuseBound);
  } catch (error) {
    if (error instanceof Refused && error.code !== 'credentials.throttled') {
      await recordRefusal(deps, visit, 'second-factor.refused', { accountId, method: kind, reason: error.code });
    }
    throw error;
  }
}

/** @param base - `/interaction/:uid` */
export function secondFactorModel(say: Say, base: string, kind: SecondFactorKind, state: FormState): SecondFactorModel {
  const other = kind === 'totp' ? 'recovery-code' : 'totp';
  return {
    kind,
    form: plainForm({ ...state, values: {} }, [secondFactorFields[kind]]),
    other: { href: `${base}/login/${paths[other]}`, label: say(`login.second-factor.use-${other}`) },
    back: { href: `${base}/login`, label: say('login.second-factor.back') },
  };
}
