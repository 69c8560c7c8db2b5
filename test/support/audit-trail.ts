import { Client } from 'pg';

/** An entry of the audit log, as only the database shows it. */
export interface AuditRecord {
  readonly event: string;
  readonly account: string | null;
  readonly details: {
    readonly method?: string;
    readonly reason?: string;
    readonly kind?: string;
    readonly count?: number;
    readonly address?: string;
  };
}

/** Of these events, oldest first, with the account they name. @param url - of the database of the product */
export async function auditRecords(url: string, ...events: readonly string[]): Promise<readonly AuditRecord[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const found = await client.query<AuditRecord>(
      `select event, account_id as account, details from audit_event where event = any($1) order by at, id`,
      [events],
    );
    return found.rows;
  } finally {
    await client.end();
  }
}
