import type { Evidence } from '../../src/domain/assurance/evidence.ts';
import type { SessionSummary } from '../../src/domain/protocol-state.ts';
import { mask } from '../../src/domain/person/masking.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { Example, ExampleScene } from '../journey.ts';
import { foreigner, longName, newcomer, sampleAct, sampleForm, zhangwei, zhangweiAsPerson, type SampleForm } from '../layout/samples.ts';
import { endedModel } from './account.ts';
import { overviewModel, type OverviewFacts } from './overview.ts';
import { bindingModel, bindingsModel } from './bindings.ts';
import { levelPageModel } from './places.ts';
import type { Detail } from './profile.ts';
import type { AccountScene } from './scene.ts';
import { sessionModel } from './session-list.ts';
import { endModel, sessionsModel } from './sessions.ts';

const now = new Date('2026-11-22T02:03:00Z');
const earlier = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

function session(uid: string, amr: readonly string[], minutes: number, device: string | undefined): SessionSummary {
  const factors = amr.map((name) => ({ amr: name, at: earlier(minutes) }));
  return { uid, createdAt: earlier(minutes), lastSeenAt: earlier(minutes / 9), expiresAt: earlier(-600), factors, device };
}

const here = session('here', ['pwd', 'sms'], 45, 'Chrome · Windows');
const phone = session('phone', ['sms'], 900, 'WeChat · HarmonyOS');
const hall = session('hall', ['pwd'], 7200, undefined);

const realName: Evidence = {
  id: '0191e6a4-7a35-7c6e-9d53-3f0f6a2b8c14',
  personId: zhangweiAsPerson.id,
  kind: 'real-name',
  verifiedAt: earlier(90),
  expiresAt: undefined,
  source: 'public-security',
  reference: '20261122083311',
};
const bankCard: Evidence = { ...realName, kind: 'bank-card', verifiedAt: earlier(20), source: 'bank-card' };

const verified: Partial<OverviewFacts> = { account: zhangwei, person: zhangweiAsPerson, evidence: [realName] };
const user = { name: mask.name(zhangweiAsPerson.name, 'keep-last').text };

function overview(state: string, facts: Partial<OverviewFacts> = {}, editing?: (scene: ExampleScene) => OverviewFacts['edit']): Example {
  const own = { account: newcomer, person: undefined, mayReadIdentity: true, evidence: [], sessions: [here], currentUid: here.uid, now };
  const all: OverviewFacts = { ...own, ...facts };
  const called = all.person ? mask.name(all.person.name, 'keep-last') : mask.mobile(all.account.mobile);
  return {
    view: 'account/overview',
    state,
    user: { name: called.text },
    model: (scene) => overviewModel(editing ? offeringAll(scene) : scene, { ...all, edit: editing?.(scene) }, sampleAct),
  };
}

/** Every row that may be changed, also where the deployment does not offer it. */
function offeringAll({ locale, words, profile }: ExampleScene): AccountScene {
  const changes = ['username', 'password', 'mobile', 'email', 'ethnicity', 'address', 'social-history'] as const;
  return { locale, words, profile: { ...profile, account: { ...profile.account, changes } } };
}

/** A row in the state 保存. */
function edit(detail: Detail, form: SampleForm): (scene: ExampleScene) => OverviewFacts['edit'] {
  return (scene) => ({ detail, form: sampleForm(scene, form) });
}

const fullAccount = {
  ...zhangwei,
  username: 'abdurehim_memtimin_85',
  email: 'abdurehim@culture-and-tourism.government.demonstration-city.example',
  ethnicity: '05',
  address: '示范市中心区人民路 1 号 2 单元 301 室',
  socialHistory: '2003 年至 2008 年在示范市第一中学读书。\n2012 年起在示范市文化和旅游局工作。',
};

const place = (view: string, state: string, model: Example['model']): Example => ({ view: `account/${view}`, state, user, model });
const facts = { account: zhangwei, person: zhangweiAsPerson, mayReadIdentity: true, evidence: [realName], now };

const sampleBinding = {
  id: '0',
  accountId: zhangwei.id,
  provider: 'national-platform',
  subject: '',
  createdAt: new Date('2026-03-02T09:30:00+08:00'),
  lastUsedAt: new Date('2026-11-20T14:05:00+08:00'),
  setBy: 'password',
} as const;

export const examples: readonly Example[] = [
  overview('unverified'),
  overview('verified', verified),
  overview('verified-by-mobile-alone', { ...verified, mayReadIdentity: false }),
  overview('document-ending', { ...verified, evidence: [{ ...realName, expiresAt: earlier(-20 * 1440) }] }),
  overview('document-ended', { ...verified, evidence: [{ ...realName, expiresAt: earlier(1440) }] }),
  overview('document-ended-level-held', { ...verified, evidence: [{ ...realName, expiresAt: earlier(1440) }, bankCard] }),
  overview('verified-by-bank-card', { ...verified, evidence: [realName, bankCard] }),
  overview('several-devices', { ...verified, sessions: [here, phone, hall] }),
  overview('long-name', { ...verified, account: fullAccount, person: longName }),
  overview('foreigner', { ...verified, person: foreigner }),
  overview('changing-ethnicity', verified, edit('ethnicity', { fields: ['ethnicity'], values: { ethnicity: '02' } })),
  overview(
    'ethnicity-wrong',
    verified,
    edit('ethnicity', { fields: ['ethnicity'], refused: new Refused('ethnicity.invalid', 'ethnicity') }),
  ),
  overview(
    'changing-address',
    { ...verified, account: fullAccount },
    edit('address', { fields: ['address'], values: { address: '示范市中心区人民路 1 号' } }),
  ),
  overview(
    'address-too-short',
    verified,
    edit('address', {
      fields: ['address'],
      values: { address: '短' },
      refused: new Refused('address.invalid', 'address', { reason: 'min-length', min: 8, max: 80 }),
    }),
  ),
  overview('asserted', {
    account: {
      ...newcomer,
      asserted: { name: '张伟', documentType: 'resident-id-card', documentNumber: zhangweiAsPerson.document.number },
    },
  }),
  overview(
    'changing-social-history',
    { ...verified, account: fullAccount },
    edit('social-history', { fields: ['socialHistory'], values: { socialHistory: fullAccount.socialHistory } }),
  ),
  overview(
    'social-history-too-long',
    verified,
    edit('social-history', {
      fields: ['socialHistory'],
      refused: new Refused('social-history.invalid', 'socialHistory', { reason: 'length', limit: 500 }),
    }),
  ),
  overview('frozen', { ...verified, account: { ...zhangwei, frozen: true } }),
  overview('saved', { ...verified, account: fullAccount, saved: true }),
  { view: 'layout/result', state: 'signed-out-everywhere', model: ({ say }) => endedModel(say) },
  place('sessions', 'one', (scene) => sessionsModel(scene, { sessions: [here], currentUid: here.uid })),
  place('sessions', 'several', (scene) => sessionsModel(scene, { sessions: [phone, here, hall], currentUid: here.uid })),
  place('sessions', 'one-ended', (scene) => sessionsModel(scene, { sessions: [here, hall], currentUid: here.uid, ended: 'one' })),
  place('session-end', 'one', (scene) => endModel(scene, sessionModel(scene, phone, here.uid), sampleAct)),
  place('session-end', 'others', (scene) => endModel(scene, undefined, sampleAct)),
  place('level', 'unverified', (scene) => levelPageModel(scene, 'level', { ...facts, account: newcomer, person: undefined, evidence: [] })),
  place('level', 'verified', (scene) => levelPageModel(scene, 'level', facts)),
  place('settings', 'verified', (scene) => levelPageModel(scene, 'settings', facts)),
  place('bindings', 'none', (scene) => bindingsModel(scene, { bindings: [], offered: [] })),
  place('bindings', 'some', (scene) => bindingsModel(scene, { bindings: [sampleBinding], offered: [] })),
  place('binding', 'one', (scene) => bindingModel(scene, sampleBinding, { ...sampleAct, values: {} })),
];
