import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOutbox } from '../../adapters/database/outbox.ts';
import { createUnitOfWork } from '../../adapters/database/unit-of-work.ts';
import { secondsAfter } from '../../src/domain/clock.ts';
import type { OutboxMessage } from '../../src/domain/notification/outbox.ts';
import { databaseKinds, openStores, type TestStores } from '../support/stores.ts';

const now = new Date('2026-03-01T08:00:00.000Z');
const at = (seconds: number): Date => secondsAfter(now, seconds);

function newMessage(about: Partial<OutboxMessage> = {}): OutboxMessage {
  return {
    id: randomUUID(),
    payload: { kind: 'sms', to: '13812345678', template: 'login', params: { code: '424242' }, locale: 'zh-CN' },
    suppressed: false,
    enqueuedAt: now,
    expiresAt: at(300),
    ...about,
  };
}

describe.each(databaseKinds)('the outbox in %s', (kind) => {
  let stores: TestStores;
  beforeAll(async () => {
    stores = await openStores(kind);
  });
  beforeEach(async () => {
    await stores.db.deleteFrom('outbox').execute();
  });
  afterAll(() => stores.close());

  const outbox = () => createOutbox(stores);
  const enqueue = async (...messages: OutboxMessage[]): Promise<void> =>
    createUnitOfWork(stores).commit(
      'test',
      messages.map((message) => ({ write: 'outbox.enqueue', message })),
    );
  const rowOf = (id: string) => stores.db.selectFrom('outbox').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

  it('hands out what was enqueued, the oldest first, suppressed or not', async () => {
    const [first, second] = [newMessage(), newMessage({ suppressed: true, enqueuedAt: at(1) })];
    await enqueue(second, first);
    expect(await outbox().claim(10, at(1), 30)).toEqual([
      { ...first, attempts: 0 },
      { ...second, attempts: 0 },
    ]);
  });

  it('hands out no more than asked for, and nothing before its time', async () => {
    await enqueue(newMessage(), newMessage(), newMessage({ enqueuedAt: at(60) }));
    expect(await outbox().claim(1, now, 30)).toHaveLength(1);
    expect(await outbox().claim(10, now, 30)).toHaveLength(1);
    expect(await outbox().claim(10, now, 30)).toHaveLength(0);
  });

  it('gives a message to nobody else during the lease, and back after it, counting the try', async () => {
    await enqueue(newMessage());
    await outbox().claim(10, now, 30);
    expect(await outbox().claim(10, at(29), 30)).toEqual([]);
    expect(await outbox().claim(10, at(30), 30)).toMatchObject([{ attempts: 1 }]);
  });

  it('forgets what a delivered message said and keeps that it was sent', async () => {
    const message = newMessage();
    await enqueue(message);
    await outbox().claim(10, now, 30);
    await outbox().done(message.id, at(1));
    expect(await rowOf(message.id)).toMatchObject({
      kind: 'sms',
      state: 'done',
      data_key: null,
      payload_sealed: null,
      finished_at: at(1),
    });
    expect(await outbox().claim(10, at(3600), 30)).toEqual([]);
  });

  it('tries again at the time that was set', async () => {
    const message = newMessage();
    await enqueue(message);
    await outbox().claim(10, now, 30);
    await outbox().retry(message.id, at(120), 'gateway unavailable');
    expect(await rowOf(message.id)).toMatchObject({ last_error: 'gateway unavailable' });
    expect(await outbox().claim(10, at(119), 30)).toEqual([]);
    expect(await outbox().claim(10, at(120), 30)).toMatchObject([{ id: message.id, attempts: 1 }]);
    // Until it has ended, a try has no error.
    expect(await rowOf(message.id)).toMatchObject({ last_error: null });
  });

  it('keeps a parked message with its content for an operator and hands it to no worker', async () => {
    const message = newMessage();
    await enqueue(message);
    await outbox().claim(10, now, 30);
    await outbox().park(message.id, at(1), 'rejected');
    expect(await outbox().claim(10, at(3600), 30)).toEqual([]);
    const row = await rowOf(message.id);
    expect(row).toMatchObject({ state: 'parked', last_error: 'rejected' });
    expect(row.payload_sealed).not.toBeNull();
  });

  it('does not let a worker whose lease ran out undo what the next one did', async () => {
    const message = newMessage();
    await enqueue(message);
    await outbox().claim(10, now, 30);
    await outbox().claim(10, at(30), 30);
    await outbox().done(message.id, at(31));
    await outbox().retry(message.id, at(32), 'late');
    await outbox().park(message.id, at(32), 'late');
    expect(await rowOf(message.id)).toMatchObject({ state: 'done', last_error: null });
  });

  it('parks a message that cannot be read and hands out the others', async () => {
    const [broken, sound] = [newMessage(), newMessage()];
    await enqueue(broken, sound);
    await stores.db
      .updateTable('outbox')
      .set({ payload_sealed: Buffer.from('x') })
      .where('id', '=', broken.id)
      .execute();
    expect(await outbox().claim(10, now, 30)).toMatchObject([{ id: sound.id }]);
    expect(await rowOf(broken.id)).toMatchObject({ state: 'parked', last_error: 'unreadable' });
  });

  it('counts what is due and what is parked', async () => {
    const parked = newMessage();
    await enqueue(parked, newMessage(), newMessage(), newMessage({ enqueuedAt: at(60) }));
    await outbox().park(parked.id, now, 'rejected');
    expect(await outbox().backlog(now)).toEqual({ due: 2, parked: 1 });
  });

  it('tells how many messages are due or being delivered', async () => {
    const [taken, failing, refused, sent] = [newMessage(), newMessage(), newMessage(), newMessage()];
    await enqueue(taken, failing, refused, sent, newMessage({ enqueuedAt: at(60) }));
    expect(await outbox().underWay(now)).toBe(4);
    await outbox().claim(10, now, 30);
    expect(await outbox().underWay(now)).toBe(4);
    await outbox().retry(failing.id, at(2), 'timeout');
    await outbox().park(refused.id, now, 'rejected');
    await outbox().done(sent.id, now);
    expect(await outbox().underWay(now)).toBe(1);
    await outbox().done(taken.id, now);
    expect(await outbox().underWay(at(1))).toBe(0);

    expect(await outbox().underWay(at(2))).toBe(1);
    await outbox().claim(10, at(2), 30);
    expect(await outbox().underWay(at(3))).toBe(1);
    await outbox().retry(failing.id, at(90), 'timeout');
    expect(await outbox().underWay(at(3))).toBe(0);
    expect(await outbox().underWay(at(60))).toBe(1);
  });
});
