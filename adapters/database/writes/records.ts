import { sealPayload } from '../outbox-payload.ts';
import type { Handler } from './handler.ts';

/** A repeated commit appends once. */
export const appendAudit: Handler<'audit.append'> = async (writes) => {
  const rows = writes.map(({ event }) => ({
    id: event.id,
    at: event.at,
    event: event.event,
    account_id: event.accountId ?? null,
    client_id: event.clientId ?? null,
    request_id: event.requestId ?? null,
    details: JSON.stringify(event.details),
    seq: null,
    prev_hash: null,
    hash: null,
  }));
  return [
    async (db) =>
      void (await db
        .insertInto('audit_event')
        .values(rows)
        .onConflict((conflict) => conflict.columns(['id', 'at']).doNothing())
        .execute()),
  ];
};

/** The id is the idempotency key: a message that is there already is not enqueued again. */
export const enqueueMessages: Handler<'outbox.enqueue'> = async (writes, { vault }) => {
  const rows = await Promise.all(
    writes.map(async ({ message }) => ({
      id: message.id,
      kind: message.payload.kind,
      state: 'waiting' as const,
      suppressed: message.suppressed,
      ...(await sealPayload(vault, message.id, message.payload)),
      attempts: 0,
      due_at: message.enqueuedAt,
      enqueued_at: message.enqueuedAt,
      expires_at: message.expiresAt,
      finished_at: null,
      last_error: null,
    })),
  );
  return [
    async (db) =>
      void (await db
        .insertInto('outbox')
        .values(rows)
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute()),
  ];
};
