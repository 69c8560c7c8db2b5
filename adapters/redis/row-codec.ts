import type { NewStateRow, StateRow } from '../../src/domain/protocol-state.ts';

type Head = [
  expiresAt: number,
  uid: string | null,
  userCode: string | null,
  grantId: string | null,
  accountId: string | null,
  clientId: string | null,
  consumedAt: number | null,
];

const NEWLINE = 0x0a;

/** Fits the rows of `encodeRow`: milliseconds since the epoch at which the row of KEYS[1] ends, nil without one. */
export const EXPIRES_OF_ROW = "tonumber(string.match(redis.call('GETRANGE', KEYS[1], 1, 16), '^%d+'))";

/** One value per row: a JSON line that begins with the expiry, where scripts find it, then the sealed payload as it is. */
export function encodeRow(row: NewStateRow & { readonly consumedAt?: Date | undefined }): Buffer {
  const head = [row.expiresAt.getTime(), row.uid, row.userCode, row.grantId, row.accountId, row.clientId, row.consumedAt?.getTime()];
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), row.payload]);
}

export function decodeRow(stored: Buffer): StateRow {
  const end = stored.indexOf(NEWLINE);
  const head: Head = JSON.parse(stored.toString('utf8', 0, end));
  const [expiresAt, uid, userCode, grantId, accountId, clientId, consumedAt] = head;
  return {
    payload: stored.subarray(end + 1),
    expiresAt: new Date(expiresAt),
    consumedAt: consumedAt === null ? undefined : new Date(consumedAt),
    uid: uid ?? undefined,
    userCode: userCode ?? undefined,
    grantId: grantId ?? undefined,
    accountId: accountId ?? undefined,
    clientId: clientId ?? undefined,
  };
}
