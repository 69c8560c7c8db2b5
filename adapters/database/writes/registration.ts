import type { Handler } from './handler.ts';

/** Guardians are somebody else's personal data: sealed under a key of their own, which goes with the row. */
export const putGuardianConsents: Handler<'guardian-consent.put'> = async (writes, { vault }) =>
  Promise.all(
    writes.map(async ({ consent }) => {
      const { personId, name, documentType, documentNumber, mobile, version, source, reference, at } = consent;
      const key = await vault.newKey();
      const place = { table: 'guardian_consent', column: 'guardian_sealed', row: personId };
      const values = {
        data_key: key,
        guardian_sealed: await vault.seal(key, place, JSON.stringify({ name, documentType, documentNumber, mobile })),
        version,
        source,
        reference,
        consented_at: new Date(at),
      };
      return async (db) =>
        void (await db
          .insertInto('guardian_consent')
          .values({ person_id: personId, ...values })
          .onConflict((conflict) => conflict.column('person_id').doUpdateSet(values))
          .execute());
    }),
  );
