import { createHash } from 'node:crypto';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { AuditLog } from '../../src/domain/audit/events.ts';
import type { Tables } from './tables.ts';

type Row = Selectable<Tables['audit_event']>;
type Place = { readonly seq: number; readonly hash: Buffer };

/** What the first event of a chain is chained to. */
const origin: Place = { seq: 0, hash: Buffer.alloc(32) };

/** Number of the lock that makes one sealer of all processes; any number nobody else uses. */
const sealerLock = 7_264_001;

const verifyBatch = 1000;

/**
 * The audit log in the database. Events are appended without a place, so that sign-ins do not queue for the head of
 * a chain; the sealer gives places to what is committed.
 */
export function createAuditLog({ db }: { readonly db: Kysely<Tables> }): AuditLog {
  return {
    async seal(limit) {
      return db.transaction().execute(async (transaction) => {
        const lock = await sql<{ mine: boolean }>`select pg_try_advisory_xact_lock(${sealerLock}::bigint) as mine`.execute(
          transaction,
        );
        if (!lock.rows[0]?.mine) return 0;
        const unsealed = await transaction
          .selectFrom('audit_event')
          .selectAll()
          .where('seq', 'is', null)
          .orderBy('at')
          .orderBy('id')
          .limit(limit)
          .execute();
        if (unsealed.length > 0) await chain(transaction, await head(transaction), unsealed);
        return unsealed.length;
      });
    },

    async verify() {
      const { unsealed } = await db
        .selectFrom('audit_event')
        .select((eb) => eb.fn.countAll<number>().as('unsealed'))
        .where('seq', 'is', null)
        .executeTakeFirstOrThrow();
      let last: Place | undefined;
      for (let checked = 0; ; ) {
        const rows = await sealedAfter(db, last?.seq ?? 0);
        for (const row of rows) {
          const fits = follows(row, last);
          if (!fits) return { checked, brokenAt: row.seq ?? undefined, unsealed };
          last = fits;
          checked += 1;
        }
        if (rows.length < verifyBatch) return { checked, brokenAt: undefined, unsealed };
      }
    },
  };
}

async function head(db: Kysely<Tables>): Promise<Place> {
  const row = await db
    .selectFrom('audit_event')
    .select(['seq', 'hash'])
    .where('seq', 'is not', null)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.seq && row.hash ? { seq: row.seq, hash: row.hash } : origin;
}

function sealedAfter(db: Kysely<Tables>, seq: number): Promise<Row[]> {
  return db.selectFrom('audit_event').selectAll().where('seq', '>', seq).orderBy('seq').limit(verifyBatch).execute();
}

async function chain(db: Kysely<Tables>, after: Place, rows: readonly Row[]): Promise<void> {
  let last = after;
  const places = rows.map((row) => {
    const previous = last;
    last = { seq: previous.seq + 1, hash: hashOf(row, previous) };
    const [prev, hash] = [previous.hash.toString('hex'), last.hash.toString('hex')];
    return { id: row.id, at: row.at, seq: last.seq, prev, hash };
  });
  await sql`
    update audit_event set seq = place.seq, prev_hash = decode(place.prev, 'hex'), hash = decode(place.hash, 'hex')
    from jsonb_to_recordset(${JSON.stringify(places)}::jsonb)
      as place(id uuid, at timestamptz, seq bigint, prev text, hash text)
    where audit_event.id = place.id and audit_event.at = place.at
  `.execute(db);
}

/** The row's place when it is the next after `last`; the first row on file may follow others whose time had come. */
function follows(row: Row, last: Place | undefined): Place | undefined {
  if (row.seq === null || !row.prev_hash || !row.hash) return undefined;
  const previous = last ?? (row.seq === 1 ? origin : { seq: row.seq - 1, hash: row.prev_hash });
  const fits = row.seq === previous.seq + 1 && row.prev_hash.equals(previous.hash) && row.hash.equals(hashOf(row, previous));
  return fits ? { seq: row.seq, hash: row.hash } : undefined;
}

/** SHA-256 over the event, its number and the hash before it, as JSON of one fixed order. */
function hashOf(row: Row, previous: Place): Buffer {
  const content = [
    previous.seq + 1,
    previous.hash.toString('hex'),
    row.id,
    row.at.toISOString(),
    row.event,
    row.account_id,
    row.client_id,
    row.request_id,
    Object.entries(row.details).toSorted(([left], [right]) => (left < right ? -1 : 1)),
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest();
}
