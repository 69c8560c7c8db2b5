import { systemClock } from '../../src/domain/clock.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { NewStateRow, StateRow, StateStore } from '../../src/domain/protocol-state.ts';
import { ExpiringMap } from './expiring-map.ts';

interface Item {
  readonly model: string;
  readonly id: string;
  readonly row: StateRow;
}

/**
 * State of the OpenID provider in the memory of this process: the embedded default (D4). One process
 * runs one act at a time, so each act is atomic by itself; nothing living is ever evicted.
 *
 * @param clock - only decides when memory of expired rows may be given back
 */
export function createMemoryState(clock: Clock = systemClock): StateStore {
  const idsByUid = new Map<string, string>();
  const idsByUserCode = new Map<string, string>();
  const keysByGrantId = new Map<string, Set<string>>();
  const items = new ExpiringMap<Item>(clock, forgetIndexes);

  function write(model: string, id: string, row: StateRow): void {
    const key = keyOf(model, id);
    items.set(key, { model, id, row }, row.expiresAt);
    if (row.uid !== undefined) idsByUid.set(keyOf(model, row.uid), id);
    if (row.userCode !== undefined) idsByUserCode.set(keyOf(model, row.userCode), id);
    if (row.grantId !== undefined) {
      const keys = keysByGrantId.get(row.grantId);
      if (keys) keys.add(key);
      else keysByGrantId.set(row.grantId, new Set([key]));
    }
  }

  function forgetIndexes(key: string, { model, id, row }: Item): void {
    if (row.uid !== undefined) deleteIf(idsByUid, keyOf(model, row.uid), id);
    if (row.userCode !== undefined) deleteIf(idsByUserCode, keyOf(model, row.userCode), id);
    if (row.grantId === undefined) return;
    const keys = keysByGrantId.get(row.grantId);
    keys?.delete(key);
    if (keys?.size === 0) keysByGrantId.delete(row.grantId);
  }

  function find(model: string, id: string | undefined, now: Date): StateRow | undefined {
    return id === undefined ? undefined : items.get(keyOf(model, id), now)?.row;
  }

  return {
    async put(model, id, row) {
      const consumedAt = items.peek(keyOf(model, id))?.row.consumedAt;
      write(model, id, { ...row, consumedAt });
      return true;
    },

    async insert(model, id, row, now) {
      if (find(model, id, now)) return false;
      write(model, id, unconsumed(row));
      return true;
    },

    find: async (model, id, now) => find(model, id, now),
    findByUid: async (model, uid, now) => find(model, idsByUid.get(keyOf(model, uid)), now),
    findByUserCode: async (model, userCode, now) => find(model, idsByUserCode.get(keyOf(model, userCode)), now),

    async consume(model, id, now) {
      const row = find(model, id, now);
      if (!row || row.consumedAt) return false;
      write(model, id, { ...row, consumedAt: now });
      return true;
    },

    async destroy(model, id) {
      items.delete(keyOf(model, id));
    },

    async revokeByGrantId(grantId) {
      for (const key of keysByGrantId.get(grantId) ?? []) items.delete(key);
    },
  };
}

function keyOf(model: string, id: string): string {
  return `${model}:${id}`;
}

function unconsumed(row: NewStateRow): StateRow {
  return { ...row, consumedAt: undefined };
}

/** Only if it still leads to `id`: a later row may have taken the entry over. */
function deleteIf(index: Map<string, string>, key: string, id: string): void {
  if (index.get(key) === id) index.delete(key);
}
