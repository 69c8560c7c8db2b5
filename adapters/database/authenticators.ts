import type { Kysely, Selectable } from 'kysely';
import type { Passkey, PasskeyStore } from '../../src/domain/authenticator/passkey-store.ts';
import type { RecoveryCodeStore } from '../../src/domain/authenticator/recovery-codes.ts';
import type { TotpStore } from '../../src/domain/authenticator/totp.ts';
import type { Vault } from '../../src/domain/vault.ts';
import { settingOf } from './setting.ts';
import type { Tables } from './tables.ts';

interface Deps {
  readonly db: Kysely<Tables>;
  readonly vault: Vault;
}

/** Passkeys, with their names opened under the data key of the account. */
export function createPasskeyStore({ db, vault }: Deps): PasskeyStore {
  const rows = db
    .selectFrom('passkey')
    .innerJoin('account', 'account.id', 'passkey.account_id')
    .selectAll('passkey')
    .select('account.data_key')
    .where('passkey.held_at', 'is', null);
  return {
    async ofAccount(accountId) {
      const found = await rows.where('passkey.account_id', '=', accountId).orderBy('passkey.created_at').execute();
      return Promise.all(found.map((row) => openPasskey(vault, row)));
    },

    async byCredential(credentialId) {
      const row = await rows.where('credential_id', '=', Buffer.from(credentialId, 'base64url')).executeTakeFirst();
      return row && openPasskey(vault, row);
    },
  };
}

type PasskeyRow = Selectable<Tables['passkey']> & Pick<Selectable<Tables['account']>, 'data_key'>;

async function openPasskey(vault: Vault, row: PasskeyRow): Promise<Passkey> {
  return {
    id: row.id,
    accountId: row.account_id,
    credentialId: row.credential_id.toString('base64url'),
    publicKey: row.public_key,
    counter: row.counter,
    synced: row.synced,
    transports: row.transports.split(' ').filter(Boolean),
    name: await vault.open(row.data_key, { table: 'passkey', column: 'name_sealed', row: row.id }, row.name_sealed),
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
    setBy: row.set_by ?? undefined,
  };
}

/** Authenticator apps, one for each account. */
export function createTotpStore({ db, vault }: Deps): TotpStore {
  return {
    async ofAccount(accountId) {
      const row = await db
        .selectFrom('totp')
        .innerJoin('account', 'account.id', 'totp.account_id')
        .select(['secret_sealed', 'last_step', 'confirmed_at', 'set_by', 'data_key'])
        .where('totp.account_id', '=', accountId)
        .where('totp.held_at', 'is', null)
        .executeTakeFirst();
      if (!row) return undefined;
      const secret = await vault.open(row.data_key, { table: 'totp', column: 'secret_sealed', row: accountId }, row.secret_sealed);
      return {
        secret: Buffer.from(secret, 'base64'),
        lastStep: row.last_step,
        confirmedAt: row.confirmed_at,
        set: settingOf(row.set_by, row.confirmed_at),
      };
    },

    async standing(accountId) {
      const row = await db.selectFrom('totp').select('held_at').where('account_id', '=', accountId).executeTakeFirst();
      if (!row) return 'none';
      return row.held_at === null ? 'active' : 'held';
    },
  };
}

/** Recovery codes; they are only ever counted and used. */
export function createRecoveryCodeStore({ db }: Pick<Deps, 'db'>): RecoveryCodeStore {
  return {
    async left(accountId) {
      const row = await db
        .selectFrom('recovery_code')
        .select((eb) => eb.fn.countAll<number>().as('left'))
        .where('account_id', '=', accountId)
        .where('used_at', 'is', null)
        .executeTakeFirst();
      return row?.left ?? 0;
    },

    async setting(accountId) {
      const row = await db
        .selectFrom('recovery_code')
        .select(['set_by', 'created_at'])
        .where('account_id', '=', accountId)
        .limit(1)
        .executeTakeFirst();
      return settingOf(row?.set_by ?? null, row?.created_at ?? null);
    },
  };
}
