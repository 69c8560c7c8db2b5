import { mask } from '../../../src/domain/person/masking.ts';
import { checkDocumentNumber } from '../../../src/domain/authenticator/recovery-search.ts';
import { documentServes, giveBack, oldChannel, type Frozen, type ReturnProof, type UndoDeps } from '../../../src/domain/presence/undo.ts';
import { atLeast, provedHere, strengthOf } from '../../../src/domain/presence/strength.ts';
import type { Profile } from '../../../src/domain/policy.ts';
import type { AppContext } from '../../../src/http/app-context.ts';
import type { CaptchaDesk } from '../../../src/http/captcha-desk.ts';
import type { CodeDesk, CodeRequest } from '../../../src/http/code-desk.ts';
import type { Devices } from '../../../src/http/devices.ts';
import type { FieldName } from '../../../src/domain/form-fields.ts';
import { checkFormAnd, textFields } from '../../../src/http/form-schema.ts';
import { maskedModel } from '../../../src/http/masked.ts';
import { codeForm, plainForm, redeemOnce, sendCode, toOwner } from '../../../src/http/step-form.ts';
import type { Wizard, WizardDeps, WizardStep, NoDraft } from '../../../src/http/wizard.ts';
import type { ReturnModel, ReturnWay } from './pages.ts';

/** 恢复原来的设置 – a code to the old channel, and the document number, the password, or a session that proved as much. */
export interface ReturnDeps extends UndoDeps, WizardDeps {
  readonly devices: Devices;
  readonly captchas: CaptchaDesk;
  readonly codes: CodeDesk;
  readonly profile: Pick<Profile, 'documents' | 'masking'>;
}

export interface ReturnScene {
  readonly ctx: AppContext;
  readonly frozen: Frozen;
  /** The page about what is frozen. */
  readonly home: string;
  /** What codes are bound to. */
  readonly scope: string;
  /** Of the owner, who proved a password or a passkey in it. */
  readonly sessionUid: string | undefined;
}

/** Did this session prove a password or a passkey? */
export async function isStrong({ sessions, clock }: Pick<UndoDeps, 'sessions' | 'clock'>, sessionUid: string): Promise<boolean> {
  const now = clock.now();
  return atLeast(strengthOf(provedHere(await sessions.factors(sessionUid, now)), now), 'password');
}
type Step = WizardStep<NoDraft, ReturnScene>;

export function returnWizard(deps: ReturnDeps): Wizard<NoDraft, ReturnScene> {
  return {
    name: 'account-undo',
    draftless: true,
    empty: {},
    steps: (['session', 'document', 'password'] as const).map((way) => returnStep(deps, way)),
  };
}

const byDocument = ({ frozen }: ReturnScene) => documentServes(frozen);

const offered: Readonly<Record<ReturnWay, (scene: ReturnScene) => boolean>> = {
  session: ({ sessionUid }) => sessionUid !== undefined,
  document: (scene) => scene.sessionUid === undefined && byDocument(scene),
  password: ({ sessionUid }) => sessionUid === undefined,
};

const fields: Readonly<Record<ReturnWay, readonly FieldName[]>> = {
  session: [],
  document: ['documentNumber'],
  password: ['password'],
};

function returnStep(deps: ReturnDeps, way: ReturnWay): Step {
  const [proved, unproved] = [textFields(fields[way]), textFields([...fields[way], 'code'])];
  return {
    path: way,
    when: (_, scene) => offered[way](scene),
    done: () => false,
    async page(_, scene, state) {
      const request = requestOf(scene);
      const asks = !(await deps.codes.proven(request));
      const form = asks ? await codeForm(deps, scene.ctx, state, { where: request, fields: fields[way] }) : plainForm(state, fields[way]);
      return { view: 'account/undo/return', model: returnModel(deps, scene, way, form) };
    },
    actions: { 'send-code': { stays: (form, _, scene) => sendCode(deps, scene.ctx, form.captcha, toOwner(requestOf(scene))) } },
    async submit({ values }, _, scene) {
      const request = requestOf(scene);
      const schema = (await deps.codes.proven(request)) ? proved : unproved;
      const { documentNumber = '', code = '' } = values;
      checkFormAnd(
        schema,
        values,
        () => way === 'document' && checkDocumentNumber(documentNumber, deps.profile.documents, deps.clock.now()),
      );
      await redeemOnce(deps.codes, request, code);
      const { requestId, locale } = scene.ctx.state;
      await giveBack(deps, scene.frozen, proofOf(deps, scene, { way, values }), { requestId, locale });
      return { leaveTo: scene.home };
    },
  };
}

function requestOf({ frozen, scope }: ReturnScene): CodeRequest {
  return { purpose: 'undo', scope, ...oldChannel(frozen), holder: { accountId: frozen.account.id } };
}

interface Submitted {
  readonly way: ReturnWay;
  readonly values: Readonly<Record<string, string>>;
}

function proofOf({ devices }: ReturnDeps, { ctx, frozen, sessionUid = '' }: ReturnScene, { way, values }: Submitted): ReturnProof {
  const { documentNumber = '', password = '' } = values;
  if (way === 'session') return { way, sessionUid };
  const from = { address: ctx.state.address, device: devices.knownId(ctx, frozen.account.id) };
  return way === 'document' ? { ...from, way, documentNumber } : { ...from, way, password };
}

function returnModel(deps: ReturnDeps, scene: ReturnScene, way: ReturnWay, form: ReturnModel['form']): ReturnModel {
  const channel = oldChannel(scene.frozen);
  const { locale } = scene.ctx.state;
  const other = way === 'document' ? 'password' : way === 'password' && byDocument(scene) ? 'document' : undefined;
  return {
    way,
    form,
    channel: maskedModel(deps.pages.words, locale, 'email' in channel ? mask.email(channel.email) : mask.mobile(channel.mobile)),
    byEmail: 'email' in channel,
    other: other && { way: other, href: `${scene.home}/return/${other}` },
    back: scene.home,
  };
}
