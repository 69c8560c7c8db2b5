import type { EvidenceStore } from '../../src/domain/assurance/evidence.ts';
import type { PersonStore } from '../../src/domain/person/account.ts';
import type { Profile } from '../../src/domain/policy.ts';
import type { SessionStore } from '../../src/domain/protocol-state.ts';
import type { BindingStore } from '../../src/domain/upstream/binding.ts';
import type { ChangeDeps } from './change/change.ts';

/** What the pages of the account centre need. */
export interface AccountDeps extends Omit<ChangeDeps, 'profile'> {
  readonly persons: PersonStore;
  readonly evidence: EvidenceStore;
  readonly sessions: SessionStore;
  readonly bindings: BindingStore;
  /** Names of the methods of third parties that are offered here. */
  readonly upstreams: readonly string[];
  readonly profile: Pick<
    Profile,
    | 'ladders'
    | 'login'
    | 'upstreams'
    | 'proofing'
    | 'masking'
    | 'authenticators'
    | 'account'
    | 'username'
    | 'password'
    | 'brand'
    | 'registration'
    | 'documents'
  >;
}
