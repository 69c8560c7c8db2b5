/**
 * The two drivers disagree about some types: both get these, so that a row looks the same whatever it came from.
 * Keys are the type numbers of PostgreSQL (pg_type.oid).
 */
export const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  17: parseBytes,
  20: parseBigint,
  1184: (text) => new Date(text),
};

/** bytea in the hexadecimal output format, the default of every server since 9.0. */
function parseBytes(text: string): Buffer {
  return Buffer.from(text.slice('\\x'.length), 'hex');
}

/** int8: our counters stay far below 2^53; one that does not must not be rounded silently. */
function parseBigint(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`a bigint of the database is too large: ${text}`);
  return value;
}
