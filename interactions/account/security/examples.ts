import type { Passkey } from '../../../src/domain/authenticator/passkey-store.ts';
import { totpUri } from '../../../src/domain/authenticator/totp.ts';
import { secondsAfter } from '../../../src/domain/clock.ts';
import type { FieldName } from '../../../src/domain/form-fields.ts';
import { mask } from '../../../src/domain/person/masking.ts';
import { Refused } from '../../../src/domain/refused.ts';
import { problemsOf } from '../../../src/http/form.ts';
import { momentText } from '../../../src/http/moment.ts';
import { maskedModel } from '../../../src/http/masked.ts';
import type { FormState } from '../../../src/http/wizard.ts';
import type { Example, ExampleScene } from '../../journey.ts';
import { sampleAct, sampleForm, unfilled, zhangwei, type SampleForm } from '../../layout/samples.ts';
import type { MobileAsked } from '../presence.ts';
import type { ProofModel, ProofWay } from '../proof.ts';
import { newPasskeyModel, passkeyModel } from './passkeys.ts';
import { recoveryCodesModel } from './recovery-codes.ts';
import { securityModel, type SecurityFacts } from './security.ts';
import { totpModel } from './totp.ts';

const user = { name: mask.mobile(zhangwei.mobile).text };
const at = new Date('2026-11-22T02:03:00Z');

const phone: Passkey = {
  id: '0191e6a4-7a35-7c6e-9d53-3f0f6a2b8c15',
  accountId: zhangwei.id,
  credentialId: 'cGFzc2tleQ',
  publicKey: Buffer.alloc(0),
  counter: 0,
  synced: true,
  transports: [],
  name: '我的手机',
  createdAt: new Date('2026-03-08T02:03:00Z'),
  lastUsedAt: at,
  setBy: 'password',
};
const key: Passkey = {
  ...phone,
  synced: false,
  name: '办公室抽屉里那把蓝色安全密钥（备用，仅在手机不在身边时使用）',
  createdAt: at,
  lastUsedAt: undefined,
};

const none: SecurityFacts = { authenticators: { passkey: true, totp: true }, passkeys: [], totp: undefined, codesLeft: 0, done: undefined };

function overview(state: string, facts: Partial<SecurityFacts> = {}): Example {
  return { view: 'account/security/security', state, user, model: (scene) => securityModel(scene, { ...none, ...facts }) };
}

/** The state of a form as its step would have it. */
function formState({ words, locale }: ExampleScene, refused?: Refused, values: FormState['values'] = {}): FormState {
  return { ...sampleAct, values, problems: problemsOf(words, locale, refused) };
}

const fieldsOf: Readonly<Record<ProofWay, FieldName>> = { password: 'password', 'sms-code': 'code', passkey: 'credential' };

function proof(
  state: string,
  way: ProofWay,
  form: Partial<SampleForm> | ((scene: ExampleScene) => Partial<SampleForm>) = {},
  asked: MobileAsked = { code: true, document: false },
): Example {
  const others: readonly ProofWay[] = state === 'only' ? [] : ['sms-code', 'password', 'passkey'];
  return {
    view: 'account/proof',
    state: `${way}-${state}`,
    user,
    model: (scene): ProofModel => ({
      way,
      form: sampleForm(scene, {
        fields: [fieldsOf[way], ...(asked.document ? (['documentNumber'] as const) : [])],
        ...(typeof form === 'function' ? form(scene) : form),
      }),
      asked: way === 'sms-code' ? asked : undefined,
      mobile: maskedModel(scene.words, scene.locale, mask.mobile(zhangwei.mobile)),
      others: others
        .filter((other) => other !== way && (other !== 'passkey' || scene.profile.authenticators.passkey))
        .map((other) => ({ way: other, href: sampleAct.action })),
      ...(way === 'passkey' && { challenge: sampleAct.action }),
    }),
  };
}

function newPasskey(state: string, refused?: Refused): Example {
  return {
    view: 'account/security/passkey-new',
    state,
    user,
    model: (scene) => newPasskeyModel(formState(scene, refused), { passkeyName: scene.say('account.security.passkey.preset') }),
  };
}

function setUp(state: string, refused?: Refused): Example {
  const secret = Buffer.from('3132333435363738393031323334353637383930', 'hex');
  return {
    view: 'account/security/totp',
    state,
    user,
    model: (scene) => {
      const uri = totpUri({ secret, platform: scene.profile.brand.platform['zh-CN'], account: user.name });
      return totpModel(secret, uri, formState(scene, refused));
    },
  };
}

const page = (name: string, model: object): Example => ({ view: `account/security/${name}`, state: 'shown', user, model: () => model });

const codes = ['7k2m-9x4c-0q8w-3n6p', 'a1b2-c3d4-e5f6-g7h8', 'j9k0-m1n2-p3q4-r5s6'];

export const examples: readonly Example[] = [
  proof('empty', 'password'),
  proof('wrong', 'password', { refused: new Refused('credentials.wrong', 'password', { reason: 'confirm' }) }),
  proof('only', 'password'),
  proof('settling', 'password', ({ locale }) => ({
    refused: new Refused('presence.settling', 'password', { until: momentText(locale, secondsAfter(at, 86_400)) }),
  })),
  proof('empty', 'sms-code', { code: 'unsent' }),
  proof('sent', 'sms-code', { code: 'sent' }),
  proof('document', 'sms-code', {}, { code: false, document: true }),
  proof('code-and-document', 'sms-code', { code: 'unsent' }, { code: true, document: true }),
  proof('empty', 'passkey'),
  proof('wrong', 'passkey', { refused: new Refused('passkey.wrong', 'credential') }),
  overview('nothing-set-up'),
  overview('everything', { passkeys: [phone, key], totp: { confirmedAt: at }, codesLeft: 9 }),
  overview('added', { passkeys: [phone], done: 'passkey-added' }),
  newPasskey('empty'),
  newPasskey('refused', new Refused('passkey.wrong', 'credential')),
  newPasskey('too-many', new Refused('passkey.too-many', 'credential', { limit: 20 })),
  newPasskey('known', new Refused('passkey.known', 'credential')),
  newPasskey('no-name', unfilled('passkeyName')),
  newPasskey('name-too-long', new Refused('passkey.name', 'passkeyName')),
  {
    view: 'account/security/passkey',
    state: 'shown',
    user,
    model: (scene) => passkeyModel(scene.locale, phone, formState(scene)),
  },
  setUp('empty'),
  setUp('wrong', new Refused('totp.wrong', 'totpCode')),
  page('totp-remove', { form: sampleAct }),
  page('recovery-codes-new', { form: sampleAct }),
  page('recovery-codes', recoveryCodesModel([...codes, ...codes, ...codes, 'v7w8-x9y0-z1a2-b3c4'], { ...sampleAct, values: {} })),
];
