import type { Acr } from '../../src/domain/assurance/ladder.ts';

/** What the demonstration services offer; names and texts stand in sandbox/pages/rp. */

export interface Offering {
  readonly name: string;
  /** Below this level it stays closed. */
  readonly needs: Acr;
  /** The person must have signed in within so many seconds. */
  readonly maxAgeSeconds?: number;
  /** Lines of what it shows. */
  readonly facts: readonly string[];
}

export interface DemonstrationService {
  /** Of the clients file; also the path under /sandbox/rp/. */
  readonly name: string;
  readonly offerings: readonly Offering[];
}

export const demonstrationServices: readonly DemonstrationService[] = [
  {
    name: 'social-insurance',
    offerings: [
      { name: 'contributions', needs: 'L2', facts: ['insured-since', 'base', 'own-share', 'employer-share'] },
      { name: 'pension', needs: 'L2', facts: ['paid-months', 'pension-account', 'retires-at'] },
      { name: 'entitlement', needs: 'L3', facts: ['last-check', 'valid-until'] },
      { name: 'payout-account', needs: 'L3', maxAgeSeconds: 300, facts: ['payout-bank', 'payout-month'] },
    ],
  },
  {
    name: 'housing-fund',
    offerings: [
      { name: 'balance', needs: 'L3', facts: ['fund-balance', 'monthly', 'fund-state'] },
      { name: 'loan', needs: 'L3', facts: ['loan-limit', 'loan-rate', 'loan-years'] },
      { name: 'withdrawal', needs: 'L3', maxAgeSeconds: 300, facts: ['withdrawable', 'withdrawal-bank', 'withdrawal-days'] },
      { name: 'transfer', needs: 'L4', facts: ['transfer-to', 'transfer-days'] },
    ],
  },
];
