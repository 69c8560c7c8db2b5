import { createHash, timingSafeEqual } from 'node:crypto';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { AuditLog, AuditVerdict } from '../../src/domain/audit/events.ts';
import type { Vault } from '../../src/domain/vault.ts';
import { createSettings } from './settings.ts';
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
export function createAuditLog({ db, vault }: { readonly db: Kysely<Tables>; readonly vault: Pick<Vault, 'index'> }): AuditLog {
  return {
    async seal(limit) {
      return db.transaction().execute(async (transaction) => {
        const lock = await sql<{ mine: boolean }>`select pg_try_advisory_xact_lock(${sealerLock}::bigint) as mine`.execute(transaction);
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

    async anchor(at) {
      return db.transaction().execute(async (transaction) => {
        // Of several processes the one with the longer chain must be the last to write.
        await sql`select pg_advisory_xact_lock(${sealerLock}::bigint)`.execute(transaction);
        const place = await head(transaction);
        const settings = createSettings({ db: transaction });
        const anchor = markOf(vault, 'audit-anchor', place);
        const before = openMark(vault, 'audit-anchor', (await settings.get(anchorSetting))?.value);
        if (before && !(await has(transaction, before))) throw new Error('the audit log has lost the entry that was vouched for');
        if (place.seq === (before?.seq ?? 0)) return undefined;
        await settings.put(anchorSetting, anchor, at);
        return anchor;
      });
    },

    async expire(before, at, limit) {
      return db.transaction().execute(async (transaction) => {
        await sql`select pg_advisory_xact_lock(${sealerLock}::bigint)`.execute(transaction);
        const settings = createSettings({ db: transaction });
        const begin = beginning(vault, (await settings.get(lowWaterSetting))?.value);
        if (!begin) return 0;
        const rows = await sealedAfter(transaction, begin.seq, limit);
        const last = lastOverdue(rows, begin, { before, head: (await head(transaction)).seq });
        if (last.seq === begin.seq) return 0;
        await transaction.deleteFrom('audit_event').where('seq', '<=', last.seq).execute();
        await settings.put(lowWaterSetting, markOf(vault, 'audit-low-water', last), at);
        return last.seq - begin.seq;
      });
    },

    async verify(anchor) {
      const { unsealed } = await db
        .selectFrom('audit_event')
        .select((eb) => eb.fn.countAll<number>().as('unsealed'))
        .where('seq', 'is', null)
        .executeTakeFirstOrThrow();
      const settings = createSettings({ db });
      const vouched = openMark(vault, 'audit-anchor', anchor ?? (await settings.get(anchorSetting))?.value);
      const begin = beginning(vault, (await settings.get(lowWaterSetting))?.value);
      return { ...(await walk(db, begin, vouched)), unsealed, anchored: vouched?.seq, expired: begin?.seq ?? 0 };
    },
  };
}

/** Where the newest anchor is kept: outside the log, so that whoever cuts the log has one more thing to forge. */
const anchorSetting = 'audit-anchor';

/** Where the log begins: behind the last entry that had its time. */
const lowWaterSetting = 'audit-low-water';

type MarkKind = 'audit-anchor' | 'audit-low-water';

/** `<number>.<hash>.<keyed hash of the two>`; one kind is no other. */
function markOf(vault: Pick<Vault, 'index'>, kind: MarkKind, { seq, hash }: Place): string {
  const place = `${seq}.${hash.toString('base64url')}`;
  return `${place}.${vault.index(kind, place).toString('base64url')}`;
}

/** Undefined when there is none, or it was not made with our key. */
function openMark(vault: Pick<Vault, 'index'>, kind: MarkKind, mark = ''): Place | undefined {
  const [seq = '', hash = ''] = mark.split('.');
  const place = { seq: Number(seq), hash: Buffer.from(hash, 'base64url') };
  const [given, ours] = [Buffer.from(mark), Buffer.from(markOf(vault, kind, place))];
  return given.length === ours.length && timingSafeEqual(given, ours) ? place : undefined;
}

/** Without a mark the log begins with its first entry; undefined: the mark is not ours. */
function beginning(vault: Pick<Vault, 'index'>, mark: string | undefined): Place | undefined {
  return mark === undefined ? origin : openMark(vault, 'audit-low-water', mark);
}

/**
 * Entry by entry; one that the anchor contradicts does not fit, nor does an end in front of the anchor, nor a first one that does
 * not follow where the log begins.
 *
 * @param begin - undefined: nobody vouches for it
 */
async function walk(
  db: Kysely<Tables>,
  begin: Place | undefined,
  vouched: Place | undefined,
): Promise<Pick<AuditVerdict, 'checked' | 'brokenAt'>> {
  if (!begin) return { checked: 0, brokenAt: 1 };
  // An entry before the beginning is one too many.
  let last = { ...begin, after: 0 };
  for (let checked = 0; ;) {
    const rows = await sealedAfter(db, last.after, verifyBatch);
    for (const row of rows) {
      const fits = follows(row, last);
      if (!fits || (fits.seq === vouched?.seq && !fits.hash.equals(vouched.hash))) return { checked, brokenAt: row.seq ?? undefined };
      last = { ...fits, after: fits.seq };
      checked += 1;
    }
    if (rows.length < verifyBatch) return { checked, brokenAt: vouched && vouched.seq > last.seq ? last.seq + 1 : undefined };
  }
}

/** How far a log may be shortened: the last entry, of those that fit one after the other, whose time has come. */
function lastOverdue(rows: readonly Row[], begin: Place, { before, head: end }: { before: Date; head: number }): Place {
  let last = begin;
  for (const row of rows) {
    const fits = follows(row, last);
    if (!fits || row.at >= before || fits.seq === end) return last;
    last = fits;
  }
  return last;
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

/** A log that lost its end, or was chained anew, gets no new anchor: it stays found. */
async function has(db: Kysely<Tables>, { seq, hash }: Place): Promise<boolean> {
  const row = await db.selectFrom('audit_event').select('hash').where('seq', '=', seq).executeTakeFirst();
  return row?.hash?.equals(hash) === true;
}

function sealedAfter(db: Kysely<Tables>, seq: number, limit: number): Promise<Row[]> {
  return db.selectFrom('audit_event').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit).execute();
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

/** The row's place when it is the next after `previous`. */
function follows(row: Row, previous: Place): Place | undefined {
  if (row.seq === null || !row.prev_hash || !row.hash) return undefined;
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
