import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { gathered } from '../../adapters/database/gathered.ts';

function counted(rows: Map<string, string>) {
  const statements: string[][] = [];
  const ask = gathered(async (keys) => {
    statements.push([...keys]);
    await turn();
    if (keys.includes('broken')) throw new Error('no answer');
    return new Map(keys.flatMap((key) => (rows.has(key) ? [[key, rows.get(key) ?? '']] : [])));
  });
  return { statements, ask };
}

describe('rows asked for at the same moment', () => {
  it('come with one statement, each to whoever asked for it', async () => {
    const { statements, ask } = counted(
      new Map([
        ['a', 'A'],
        ['b', 'B'],
      ]),
    );
    expect(await Promise.all([ask('a'), ask('b'), ask('a'), ask('nobody')])).toEqual(['A', 'B', 'A', undefined]);
    expect(statements).toEqual([['a', 'b', 'nobody']]);
  });

  it('are never those that somebody else read before', async () => {
    const rows = new Map([['a', 'before']]);
    const { statements, ask } = counted(rows);
    const first = ask('a');
    await turn();
    expect(statements).toHaveLength(1);
    const second = ask('a');
    expect(await first).toBe('before');
    rows.set('a', 'after');
    expect(await second).toBe('after');
    expect(statements).toEqual([['a'], ['a']]);
  });

  it('fail together, and only those', async () => {
    const { ask } = counted(new Map([['a', 'A']]));
    const [broken, beside] = await Promise.allSettled([ask('broken'), ask('a')]);
    expect([broken.status, beside.status]).toEqual(['rejected', 'rejected']);
    expect(await ask('a')).toBe('A');
  });
});
