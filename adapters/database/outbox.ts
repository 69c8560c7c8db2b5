import type { Kysely, Selectable } from 'kysely';
import { secondsAfter } from '../../src/domain/clock.ts';
import type { ClaimedMessage, Outbox } from '../../src/domain/notification/outbox.ts';
import type { Vault } from '../../src/domain/vault.ts';
import { openPayload } from './outbox-payload.ts';
import type { Tables } from './tables.ts';

interface Deps {
  readonly db: Kysely<Tables>;
  readonly vault: Vault;
}

const forgotten = { data_key: null, payload_sealed: null };

/**
 * The outbox table. A claim moves `due_at` behind the lease, so a worker that dies gives its messages back by time;
 * `last_error` is that of the last try that ended, and null during one.
 */
export function createOutbox({ db, vault }: Deps): Outbox {
  const waiting = (id: string) => db.updateTable('outbox').where('id', '=', id).where('state', '=', 'waiting');

  const park: Outbox['park'] = async (id, now, error) => {
    await waiting(id).set({ state: 'parked', finished_at: now, last_error: error }).execute();
  };

  return {
    async claim(limit, now, leaseSeconds) {
      const rows = await claimRows(db, limit, now, secondsAfter(now, leaseSeconds));
      const messages: ClaimedMessage[] = [];
      for (const row of rows) {
        // One message that cannot be read must not stop the others.
        const message = await openMessage(vault, row).catch(() => undefined);
        if (message) messages.push(message);
        else await park(row.id, now, 'unreadable');
      }
      return messages.toSorted((a, b) => a.enqueuedAt.getTime() - b.enqueuedAt.getTime());
    },

    async done(id, now) {
      await waiting(id)
        .set({ state: 'done', finished_at: now, ...forgotten })
        .execute();
    },

    async retry(id, dueAt, error) {
      await waiting(id).set({ due_at: dueAt, last_error: error }).execute();
    },

    park,

    async backlog(now) {
      const { due, parked } = await db
        .selectFrom('outbox')
        .select((eb) => [
          eb.fn.countAll<number>().filterWhere('state', '=', 'waiting').filterWhere('due_at', '<=', now).as('due'),
          eb.fn.countAll<number>().filterWhere('state', '=', 'parked').as('parked'),
        ])
        .where('state', '<>', 'done')
        .executeTakeFirstOrThrow();
      return { due, parked };
    },

    async underWay(now) {
      const { count } = await db
        .selectFrom('outbox')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('state', '=', 'waiting')
        .where('enqueued_at', '<=', now)
        .where((eb) => eb.or([eb('due_at', '<=', now), eb('last_error', 'is', null)]))
        .executeTakeFirstOrThrow();
      return count;
    },
  };
}

async function claimRows(db: Kysely<Tables>, limit: number, now: Date, leasedUntil: Date): Promise<readonly Pick<Row, Columns>[]> {
  return db
    .with('due', (query) =>
      query
        .selectFrom('outbox')
        .select('id')
        .where('state', '=', 'waiting')
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .updateTable('outbox')
    .set((eb) => ({ due_at: leasedUntil, attempts: eb('attempts', '+', 1), last_error: null }))
    .where('id', 'in', (query) => query.selectFrom('due').select('id'))
    .returning(['id', 'data_key', 'payload_sealed', 'suppressed', 'attempts', 'enqueued_at', 'expires_at'])
    .execute();
}

type Row = Selectable<Tables['outbox']>;
type Columns = 'id' | 'data_key' | 'payload_sealed' | 'suppressed' | 'attempts' | 'enqueued_at' | 'expires_at';

async function openMessage(vault: Vault, row: Pick<Row, Columns>): Promise<ClaimedMessage> {
  if (!row.data_key || !row.payload_sealed) throw new Error('the payload of a waiting message was erased');
  return {
    id: row.id,
    payload: await openPayload(vault, row.id, row.data_key, row.payload_sealed),
    suppressed: row.suppressed,
    enqueuedAt: row.enqueued_at,
    expiresAt: row.expires_at,
    attempts: row.attempts - 1, // this claim is not a try before
  };
}
