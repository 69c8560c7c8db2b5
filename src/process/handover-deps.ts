import { createHandoverDesk, type HandoverDesk } from '../http/handover-desk.ts';
import { createPlaceOf, type PlaceOf } from '../http/place.ts';
import type { CookieJar } from '../http/cookies.ts';
import { createWaiters } from '../http/waiters.ts';
import type { SecondDeviceDeps } from '../domain/handover/second-device.ts';
import type { Adapters } from '../../adapters/registry.ts';
import type { Environment } from '../config/environment.ts';
import type { Clock } from '../domain/clock.ts';
import { createShownCodes } from './shown-codes.ts';
import type { Profile } from '../domain/policy.ts';

interface Parts {
  readonly adapters: Adapters;
  readonly environment: Pick<Environment, 'issuer' | 'sandbox'>;
  readonly profile: Pick<Profile, 'places'>;
  readonly clock: Clock;
  readonly isClosing: () => boolean;
}

/** What the pages of both devices need, where one begins and another finishes. */
export function handoverDeps(
  { adapters, environment, profile, clock, isClosing }: Parts,
  { cookies, addressLimits }: { readonly cookies: CookieJar; readonly addressLimits: boolean },
): { readonly placeOf: PlaceOf; readonly desk: HandoverDesk; readonly secondDevice: SecondDeviceDeps } {
  const { vault, accounts, sessions, unitOfWork, shortLived } = adapters;
  const { drafts, announcements, quotas, once } = shortLived;
  const store = { drafts, announcements, vault, quotas, clock };
  const waiters = createWaiters({ announcements, isClosing });
  const watched = environment.sandbox ? createShownCodes({ recent: shortLived.recent, vault }).put : undefined;
  return {
    placeOf: createPlaceOf(profile.places),
    desk: createHandoverDesk({ ...store, sessions, once, cookies, issuer: environment.issuer, addressLimits, waiters, watched }),
    secondDevice: { ...store, accounts, sessions, unitOfWork },
  };
}
