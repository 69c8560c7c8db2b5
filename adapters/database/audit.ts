import { createHash, timingSafeEqual } from 'node:crypto';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { AuditLog } from '../../src/domain/audit/events.ts';
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
        const anchor = anchorOf(vault, place);
        if (place.seq === 0 || (await settings.get(anchorSetting))?.value === anchor) return undefined;
        await settings.put(anchorSetting, anchor, at);
        return anchor;
      });
    },

    async verify(anchor) {
      const { unsealed } = await db
        .selectFrom('audit_event')
        .select((eb) => eb.fn.countAll<number>().as('unsealed'))
        .where('seq', 'is', null)
        .executeTakeFirstOrThrow();
      const vouched = openAnchor(vault, anchor ?? (await createSettings({ db }).get(anchorSetting))?.value ?? '');
      return { ...(await walk(db, vouched)), unsealed, anchored: vouched?.seq };
    },
  };
}

/** Where the newest anchor is kept: outside the log, so that whoever cuts the log has one more thing to forge. */
const anchorSetting = 'audit-anchor';

/** `<number>.<hash>.<keyed hash of the two>`. */
function anchorOf(vault: Pick<Vault, 'index'>, { seq, hash }: Place): string {
  const place = `${seq}.${hash.toString('base64url')}`;
  return `${place}.${vault.index('audit-anchor', place).toString('base64url')}`;
}

/** Undefined when it was not made with our key. */
function openAnchor(vault: Pick<Vault, 'index'>, anchor: string): Place | undefined {
  const [seq = '', hash = ''] = anchor.split('.');
  const place = { seq: Number(seq), hash: Buffer.from(hash, 'base64url') };
  const [given, ours] = [Buffer.from(anchor), Buffer.from(anchorOf(vault, place))];
  return given.length === ours.length && timingSafeEqual(given, ours) ? place : undefined;
}

/** Entry by entry; one that the anchor contradicts does not fit, nor does an end in front of the anchor. */
async function walk(db: Kysely<Tables>, vouched: Place | undefined): Promise<{ checked: number; brokenAt: number | undefined }> {
  let last: Place | undefined;
  for (let checked = 0; ;) {
    const rows = await sealedAfter(db, last?.seq ?? 0);
    for (const row of rows) {
      const fits = follows(row, last);
      if (!fits || (fits.seq === vouched?.seq && !fits.hash.equals(vouched.hash))) return { checked, brokenAt: row.seq ?? undefined };
      last = fits;
      checked += 1;
    }
    if (rows.length < verifyBatch) {
      const end = last?.seq ?? 0;
      return { checked, brokenAt: vouched && vouched.seq > end ? end + 1 : undefined };
    }
  }
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
