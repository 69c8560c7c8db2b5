import { describe, expect, it } from '@jest/globals';
import { acts, type Act } from '../../../src/domain/presence/acts.ts';
import { carryOut, type Actor, type CarryOutDeps } from '../../../src/domain/presence/carry-out.ts';
import type { SessionFactor } from '../../../src/domain/presence/strength.ts';
import type { Account } from '../../../src/domain/person/account.ts';
import { Conflict, type Write } from '../../../src/domain/unit-of-work.ts';

const now = new Date('2026-11-22T04:00:00Z');
const factor = (amr: string): SessionFactor => ({ amr, at: now });
const account = { id: 'a', mobile: '13800000001', email: 'a@example.cn' } as unknown as Account;

/** What is committed, by whom it may be, and how the commit ends. */
function room(factors: readonly SessionFactor[], conflict?: Conflict) {
  const committed: { useCase: string; writes: readonly Write[] }[] = [];
  const deps = {
    sessions: { factors: async () => factors },
    unitOfWork: {
      commit: async (useCase: string, writes: readonly Write[]) => {
        if (conflict) throw conflict;
        committed.push({ useCase, writes });
      },
    },
    clock: { now: () => now },
    endings: async (act: string) => [{ write: 'grants.end', accountId: act }],
    vault: { index: () => Buffer.alloc(32) },
    presence: { undoSeconds: 60 },
  } as unknown as CarryOutDeps;
  const actor: Actor = { account: { ...account, personId: 'p' }, sessionUid: 's', requestId: 'r', locale: 'en' };
  return { deps, actor, committed };
}

describe('an act that is carried out', () => {
  it.each(Object.keys(acts) as Act[])('%s is not committed without the proof it wants, whatever page it comes from', async (act) => {
    for (const factors of [[], [factor('sms')], [{ ...factor('pwd'), at: new Date(now.getTime() - 601_000) }]]) {
      const { deps, actor, committed } = room(factors);
      await expect(carryOut(deps, actor, act, { writes: () => [] })).rejects.toMatchObject({ code: 'presence.required', status: 403 });
      expect(committed).toEqual([]);
    }
  });

  it('is one transaction: hold, change, what ends, audit, notices with the way back to the old channels alone', async () => {
    const { deps, actor, committed } = room([factor('sms'), factor('pwd')]);
    await carryOut(deps, actor, 'mobile.change', {
      writes: (by, at) => [{ write: 'account.update', accountId: by, set: { mobile: '13900000001' }, at }],
      old: { mobile: account.mobile },
      added: { mobile: '13900000001', email: undefined },
    });
    const [{ useCase, writes } = { useCase: '', writes: [] }] = committed;
    expect(useCase).toBe('change-mobile');
    expect(writes.map(({ write }) => write)).toEqual([
      'presence.hold',
      'account.update',
      'change.insert',
      'grants.end',
      'audit.append',
      'outbox.enqueue',
      'outbox.enqueue',
      'outbox.enqueue',
    ]);
    // The strongest proof is the one it was set by.
    expect(writes[1]).toMatchObject({ accountId: 'password' });
    expect(writes[2]).toMatchObject({ change: { act: 'mobile.change', by: 'password', old: { mobile: account.mobile } } });
    const told = writes.flatMap((each) => (each.write === 'outbox.enqueue' && 'to' in each.message.payload ? [each.message.payload] : []));
    expect(told.map(({ to, params }) => [to, 'undo' in params])).toEqual([
      [account.mobile, true],
      [account.email, true],
      ['13900000001', false],
    ]);
  });

  it.each([
    [new Conflict('presence.hold', 'session'), 'form.stale'],
    [new Conflict('change.insert', 'frozen'), 'change.frozen'],
  ])('says when session, account or a freezing was faster: %s', async (conflict, code) => {
    const { deps, actor } = room([factor('pwd')], conflict);
    await expect(carryOut(deps, actor, 'totp.remove', { writes: () => [] })).rejects.toMatchObject({ code, status: 409 });
  });
});
