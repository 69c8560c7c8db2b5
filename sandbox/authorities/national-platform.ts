import type { Clock } from '../../src/domain/clock.ts';
import { startSignedJson } from './signed-json.ts';
import type { SignedJsonServer } from './signed-json.ts';
import type { SimulatorTiming } from './simulator.ts';

/** A user as the platform keeps them. */
export interface ReceivedUser {
  readonly reference: string;
  readonly userId: string;
  readonly mobile: string;
  readonly consentVersion: string;
  readonly consentedAt: string;
}

export interface NationalPlatformServer extends SignedJsonServer {
  /** The latest 1,000, oldest first. */
  users(): readonly ReceivedUser[];
}

const maxRemembered = 1000;

/**
 * The receiver of `POST /v1/users` in signed JSON. A reference it knows is answered like the first time; a mobile that
 * ends in 0000 is one it refuses for good.
 */
export async function startNationalPlatform(options: {
  readonly clock: Clock;
  readonly timing?: SimulatorTiming;
}): Promise<NationalPlatformServer> {
  const users = new Map<string, ReceivedUser>();
  const server = await startSignedJson<ReceivedUser>({
    ...options,
    path: '/v1/users',
    read,
    decide: (user) => {
      if (user.mobile.endsWith('0000')) return { outcome: 'refused', code: '2001' };
      if (!users.has(user.reference)) users.set(user.reference, user);
      const [oldest] = users.keys();
      if (users.size > maxRemembered && oldest !== undefined) users.delete(oldest);
      return { outcome: 'accepted', code: '0000' };
    },
  });
  return { ...server, users: () => [...users.values()] };
}

function read(members: Readonly<Record<string, unknown>>): ReceivedUser | undefined {
  const { reference, userId, mobile, consentVersion, consentedAt } = members;
  if (typeof reference !== 'string' || typeof userId !== 'string' || typeof mobile !== 'string') return undefined;
  if (typeof consentVersion !== 'string' || typeof consentedAt !== 'string') return undefined;
  return { reference, userId, mobile, consentVersion, consentedAt };
}
