import type { Clock } from '../../src/domain/clock.ts';
import type { People } from '../people.ts';
import { startBankCard } from './bank-card.ts';
import { startPublicSecurity } from './public-security.ts';
import { startNationalSignIn, type NationalSignInServer } from './national-sign-in.ts';
import { startNationalPlatform, type NationalPlatformServer } from './national-platform.ts';
import type { SignedJsonServer } from './signed-json.ts';
import type { SimulatorTiming } from './simulator.ts';

export interface AuthoritiesOptions {
  readonly clock: Clock;
  readonly people: People;
  /** Of the product: third parties send people back there. */
  readonly issuer: string;
  /** How long `slow` and `late` take; 2 s and 6 s unless tests are in a hurry. */
  readonly timing?: SimulatorTiming;
}

/** The authorities of the sandbox, each a server of its own. */
export interface Authorities {
  readonly publicSecurity: SignedJsonServer;
  readonly bankCard: SignedJsonServer;
  readonly nationalPlatform: NationalPlatformServer;
  readonly nationalSignIn: NationalSignInServer;
  close(): Promise<void>;
}

/** Starts every simulated authority. */
export async function startAuthorities(options: AuthoritiesOptions): Promise<Authorities> {
  const [publicSecurity, bankCard, nationalPlatform, nationalSignIn] = await Promise.all([
    startPublicSecurity(options),
    startBankCard(options),
    startNationalPlatform(options),
    startNationalSignIn({ ...options, callback: `${options.issuer}/callback/national-platform` }),
  ]);
  return {
    publicSecurity,
    bankCard,
    nationalPlatform,
    nationalSignIn,
    close: async () => {
      await Promise.all([publicSecurity.close(), bankCard.close(), nationalPlatform.close(), nationalSignIn.close()]);
    },
  };
}
