import type { EvidenceKind } from '../src/domain/assurance/evidence.ts';
import { acrValues } from '../src/domain/assurance/ladder.ts';
import { normalisePassword } from '../src/domain/authenticator/password-policy.ts';
import type { AccountStore } from '../src/domain/person/account.ts';
import { usernameKey } from '../src/domain/person/username.ts';
import { Conflict } from '../src/domain/unit-of-work.ts';
import { accountWrites, evidenceFor, type AccountsDeps } from './accounts.ts';
import type { ScriptedPerson } from './people.ts';

export interface SeedDeps extends AccountsDeps {
  readonly accounts: Pick<AccountStore, 'byIdentifier'>;
  readonly people: { readonly scripted: readonly ScriptedPerson[] };
  /** Of every seeded account. */
  readonly password: string;
}

/**
 * Gives the scripted people who have an account theirs. May run at every start and in several processes at once:
 * an account is there as a whole or not at all, and who comes second changes nothing.
 *
 * @returns how many accounts this call made
 */
export async function seed(deps: SeedDeps): Promise<number> {
  const missing = await missingAccounts(deps);
  if (missing.length === 0) return 0;
  const hash = await deps.hasher.hash(normalisePassword(deps.password));
  let created = 0;
  for (const { person, username, level } of missing) {
    const evidence = evidenceFor(deps.ladder, level) ?? highestEvidence(deps);
    const account = { person, username, hash, evidence, agreementVersion: deps.agreementVersion };
    try {
      await deps.unitOfWork.commit('sandbox-seed', accountWrites(account, deps.clock.now()));
      created += 1;
    } catch (error) {
      // Another process was first, or somebody has registered with this mobile or document meanwhile.
      if (!(error instanceof Conflict)) throw error;
    }
  }
  return created;
}

async function missingAccounts({ accounts, people }: SeedDeps) {
  const seeded = people.scripted.flatMap((person) => (person.account ? [{ person, ...person.account }] : []));
  const known = await Promise.all(seeded.map(({ username }) => accounts.byIdentifier('username', usernameKey(username))));
  return seeded.filter((_, index) => !known[index]);
}

/** Where the ladder ends below what the story of a person says, they stand at its end. */
function highestEvidence({ ladder }: SeedDeps): readonly EvidenceKind[] {
  return acrValues.map((acr) => evidenceFor(ladder, acr)).findLast((evidence) => evidence !== undefined) ?? [];
}
