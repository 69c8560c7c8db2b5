import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createFileVault } from '../../adapters/keys/file-vault.ts';
import { begin, change, read, take, topicOf, type Order, type TakeDeps } from '../../src/domain/handover/handovers.ts';
import { decided, denied, scanned } from '../../src/domain/handover/ticket.ts';
import { eventually } from '../support/eventually.ts';
import { at, now, shortLivedBackends, type Backend } from './short-lived-backends.ts';

const backends = await shortLivedBackends();
afterAll(() => Promise.all(backends.map((backend) => backend.close())));

const vault = createFileVault({ keyEncryptionKey: randomBytes(32), indexKey: randomBytes(32), pairwiseKey: randomBytes(32) });
const anna = { accountId: 'anna', sessionUid: 'phone' };
const proof = { factors: [], signedInAt: now.getTime() };

describe.each(backends)('handovers in $name', ({ drafts, quotas, announcements }: Backend) => {
  let seconds = 0;
  let live = [{ uid: 'phone', createdAt: now, lastSeenAt: now, expiresAt: at(3600), factors: [], device: undefined }];
  const sessions = { ofAccount: async () => live };
  const deps: TakeDeps = { drafts, quotas, announcements, vault, sessions, clock: { now: () => at(seconds) } };
  const order = (): Order => ({
    purpose: 'sign-in',
    asker: { clientId: 'service', browser: undefined, place: '127.0.0.0', since: now.getTime() },
    signedInSince: undefined,
    browser: randomUUID(),
    countedFor: randomUUID(),
  });
  const confirmedTicket = async () => {
    const { browser, ...rest } = order();
    const { id, ticket } = await begin(deps, { browser, ...rest });
    await change(deps, id, (each, moment) => scanned(each, anna, moment));
    await change(deps, id, (each, moment) => decided(each, anna, { ...proof, number: ticket.number }, moment));
    return { id, browser, ticket };
  };

  it('are found by their id, and by nothing that is kept or announced', async () => {
    const { id, ticket } = await begin(deps, order());
    expect(await read(deps, id)).toEqual(JSON.parse(JSON.stringify(ticket)));
    expect(await read(deps, randomBytes(16).toString('base64url'))).toBeUndefined();
    for (const odd of ['', `${id}x`, topicOf(id), 'a/../b']) expect(await read(deps, odd)).toBeUndefined();
    expect(topicOf(id)).not.toContain(id);
  });

  it('are taken by the browser that began them, and by one of eight who ask at once', async () => {
    const { id, browser } = await confirmedTicket();
    expect(await take(deps, id, randomUUID())).toBeUndefined();
    const taken = await Promise.all(Array.from({ length: 8 }, () => take(deps, id, browser)));
    expect(taken.filter((each) => each !== undefined)).toMatchObject([{ accountId: 'anna', ...proof }]);
    expect(await take(deps, id, browser)).toBeUndefined();
  });

  it('are not taken before they are confirmed, after they were denied, or too late', async () => {
    const { browser, ...rest } = order();
    const { id } = await begin(deps, { browser, ...rest });
    expect(await take(deps, id, browser)).toBeUndefined();
    await change(deps, id, (each, moment) => scanned(each, anna, moment));
    expect(await take(deps, id, browser)).toBeUndefined();
    await change(deps, id, (each, moment) => denied(each, anna, moment));
    expect(await take(deps, id, browser)).toBeUndefined();
    const late = await confirmedTicket();
    seconds = 60;
    expect(await take(deps, late.id, late.browser)).toBeUndefined();
    seconds = 0;
  });

  it('are not taken when the session that confirmed has ended', async () => {
    const { id, browser } = await confirmedTicket();
    const all = live;
    live = [];
    expect(await take(deps, id, browser)).toBeUndefined();
    live = all;
    expect(await take(deps, id, browser)).toMatchObject({ accountId: 'anna' });
  });

  it('are scanned by one of eight phones that come at once', async () => {
    const { id } = await begin(deps, order());
    const phones = Array.from({ length: 8 }, (_, index) => ({ accountId: `account-${index}`, sessionUid: 'phone' }));
    const done = await Promise.allSettled(phones.map((by) => change(deps, id, (each, moment) => scanned(each, by, moment))));
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('are confirmed or denied, not both, by whoever presses both at once', async () => {
    const { id, ticket } = await begin(deps, order());
    await change(deps, id, (each, moment) => scanned(each, anna, moment));
    const done = await Promise.allSettled([
      change(deps, id, (each, moment) => decided(each, anna, { ...proof, number: ticket.number }, moment)),
      change(deps, id, (each, moment) => denied(each, anna, moment)),
    ]);
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('are begun five times a minute for one place', async () => {
    const { countedFor } = order();
    for (let count = 0; count < 5; count += 1) await begin(deps, { ...order(), countedFor });
    await expect(begin(deps, { ...order(), countedFor })).rejects.toMatchObject({ code: 'handover.too-many', retryAfterSeconds: 60 });
    await begin(deps, order());
  });

  it('tell whoever waits that something changed', async () => {
    const { id } = await begin(deps, order());
    const heard: (string | undefined)[] = [];
    const end = announcements.listen((topic) => heard.push(topic));
    await change(deps, id, (each, moment) => scanned(each, anna, moment));
    await eventually('the announcement', async () => heard.includes(topicOf(id)));
    end();
    await change(deps, id, (each, moment) => denied(each, anna, moment));
    const again = announcements.listen(() => {});
    again();
    expect(heard.filter((topic) => topic === topicOf(id))).toHaveLength(1);
  });
});
