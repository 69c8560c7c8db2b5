import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { StateStore } from '../../src/domain/protocol-state.ts';
import { at, memoryBackend, shortLivedBackends } from './short-lived-backends.ts';
import { stateRow, stateStoreContract } from './state-contract.ts';

const backends = await shortLivedBackends();
afterAll(() => Promise.all(backends.map((backend) => backend.close())));

describe.each(backends)('short-lived provider state in $name', ({ state }) => {
  stateStoreContract(() => state, 'AuthorizationCode');

  it('answers any sequence of acts like its twin in memory', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyAct, { maxLength: 25 }), async (acts) => {
        const run = randomUUID();
        const twin = memoryBackend().state;
        for (const act of acts) expect(await perform(state, run, act)).toEqual(await perform(twin, run, act));
      }),
      { numRuns: 60 },
    );
  });
});

interface Act {
  readonly act: 'put' | 'insert' | 'find' | 'findByUid' | 'consume' | 'destroy' | 'revoke';
  readonly id: string;
  readonly uid: string | undefined;
  readonly lifetime: number;
  readonly second: number;
}

const anyAct: fc.Arbitrary<Act> = fc.record({
  act: fc.constantFrom('put', 'insert', 'find', 'findByUid', 'consume', 'destroy', 'revoke'),
  id: fc.constantFrom('a', 'b'),
  uid: fc.constantFrom('u', 'v', undefined),
  lifetime: fc.constantFrom(1, 2, 5),
  second: fc.nat({ max: 6 }),
});

/** Rows of one run belong to it alone; a row's grant is its id, as a grant never changes. */
async function perform(store: StateStore, run: string, { act, id, uid, lifetime, second }: Act): Promise<unknown> {
  const model = `DeviceCode-${run}`;
  const row = stateRow({ uid, grantId: `${run}-${id}`, expiresAt: at(second + lifetime) });
  switch (act) {
    case 'put':
      return store.put(model, id, row);
    case 'insert':
      return store.insert(model, id, row, at(second));
    case 'find':
      return store.find(model, id, at(second));
    case 'findByUid':
      // Two rows with one uid never occur: which of them is found is nobody's promise.
      return (await store.findByUid(model, `${uid}`, at(second)))?.uid === uid;
    case 'consume':
      return store.consume(model, id, at(second));
    case 'destroy':
      return store.destroy(model, id);
    default:
      return store.revokeByGrantId(`${run}-${id}`);
  }
}
