import { secondsAfter, type Clock } from '../clock.ts';
import type { ClaimedMessage, DeliveryResult, Outbox, OutboxPayload } from './outbox.ts';

/**
 * The worker of the outbox (docs/adr/0007): claims what is due, delivers, and tries again with growing
 * pauses and jitter. After its last try a message is parked, so that one that always fails holds up nothing.
 */
export interface DispatchDeps {
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly deliver: Deliveries;
  /** In [0, 1). */
  readonly random: () => number;
  readonly delivered: (kind: OutboxPayload['kind'], result: DeliveryResult['result'] | 'dropped' | 'parked') => void;
}

/** How each kind of message is delivered. */
export type Deliveries = {
  readonly [Kind in OutboxPayload['kind']]: (payload: Extract<OutboxPayload, { kind: Kind }>, id: string) => Promise<DeliveryResult>;
};

const batch = 20;
/** Longer than the slowest delivery; another worker takes over what this one dropped. */
const leaseSeconds = 60;

/** A text is worthless after minutes; a service that was down for hours must still learn of a logout. */
export const maxAttempts: Readonly<Record<OutboxPayload['kind'], number>> = {
  sms: 5,
  email: 8,
  'backchannel-logout': 30,
  'national-platform': 60,
};

/** One round: up to `batch` messages. Answers how many were taken, so that the caller goes on while there are. */
export async function dispatch(deps: DispatchDeps): Promise<number> {
  const messages = await deps.outbox.claim(batch, deps.clock.now(), leaseSeconds);
  await Promise.all(messages.map((message) => deliverOne(deps, message)));
  return messages.length;
}

async function deliverOne(deps: DispatchDeps, message: ClaimedMessage): Promise<void> {
  const { outbox, clock, delivered } = deps;
  const { kind } = message.payload;
  if (message.suppressed || message.expiresAt <= clock.now()) {
    delivered(kind, 'dropped');
    return outbox.done(message.id, clock.now());
  }
  const answer = await attempt(deps, message);
  delivered(kind, answer.result);
  if (answer.result === 'sent') return outbox.done(message.id, clock.now());
  const again = answer.result === 'unavailable' && message.attempts + 1 < maxAttempts[kind];
  if (again) return outbox.retry(message.id, secondsAfter(clock.now(), pauseSeconds(message.attempts, deps.random())), answer.reason);
  // Rejected for good, tried too often, or perhaps sent already: a person decides, never a second message.
  delivered(kind, 'parked');
  return outbox.park(message.id, clock.now(), answer.reason);
}

async function attempt({ deliver }: DispatchDeps, { payload, id }: ClaimedMessage): Promise<DeliveryResult> {
  try {
    switch (payload.kind) {
      case 'sms':
        return await deliver.sms(payload, id);
      case 'email':
        return await deliver.email(payload, id);
      case 'backchannel-logout':
        return await deliver['backchannel-logout'](payload, id);
      case 'national-platform':
        return await deliver['national-platform'](payload, id);
    }
  } catch (error) {
    return { result: 'unavailable', reason: error instanceof Error ? error.name : 'failed' };
  }
}

/** 2, 8, 32, 128 seconds … an hour at most, each with up to half of it more or less. */
function pauseSeconds(attempts: number, random: number): number {
  return Math.min(3600, 2 * 4 ** attempts) * (0.5 + random);
}
