import type { Evidence } from '../../src/domain/assurance/evidence.ts';
import type { SessionSummary } from '../../src/domain/protocol-state.ts';
import { mask } from '../../src/domain/person/masking.ts';
import type { Example } from '../journey.ts';
import { foreigner, longName, newcomer, sampleAct, zhangwei, zhangweiAsPerson } from '../layout/samples.ts';
import { endedModel } from './account.ts';
import { overviewModel, type OverviewFacts } from './overview.ts';

const now = new Date('2026-11-22T02:03:00Z');
const earlier = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

function session(uid: string, amr: readonly string[], minutes: number): SessionSummary {
  return { uid, createdAt: earlier(minutes), lastSeenAt: earlier(minutes / 9), expiresAt: earlier(-600), factors: amr.map((name) => ({ amr: name, at: earlier(minutes) })), device: 'Chrome · Windows' };
}

const here = session('here', ['pwd', 'sms'], 45);

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

function overview(state: string, facts: Partial<OverviewFacts> = {}): Example {
  const all = { account: newcomer, person: undefined, evidence: [], sessions: [here], currentUid: here.uid, now, ...facts };
  const called = all.person ? mask.name(all.person.name, 'keep-last') : mask.mobile(all.account.mobile);
  return {
    view: 'account/overview',
    state,
    user: { name: called.text },
    model: (scene) => overviewModel(scene, all, sampleAct),
  };
}

const fullAccount = {
  ...zhangwei,
  username: 'abdurehim_memtimin_85',
  email: 'abdurehim@culture-and-tourism.government.demonstration-city.example',
  ethnicity: '05',
};

export const examples: readonly Example[] = [
  overview('unverified'),
  overview('verified', verified),
  overview('verified-by-bank-card', { ...verified, evidence: [realName, bankCard] }),
  overview('several-devices', { ...verified, sessions: [here, session('phone', ['sms'], 900), session('hall', ['pwd'], 7200)] }),
  overview('long-name', { ...verified, account: fullAccount, person: longName }),
  overview('foreigner', { ...verified, person: foreigner }),
  { view: 'layout/result', state: 'signed-out-everywhere', model: ({ say }) => endedModel(say) },
];
