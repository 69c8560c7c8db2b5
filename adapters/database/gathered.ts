import { setImmediate as turn } from 'node:timers/promises';

/**
 * One statement for all that is asked for within one turn of the event loop: under load many requests want a row of
 * the same table at the same moment, and a statement costs more than the row. Nothing is kept: whoever asks gets what
 * the store said after he asked.
 *
 * @param read - rows by their keys; keys without a row may be missing. When it fails, all who asked get the error
 */
export function gathered<Value>(
  read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
): (key: string) => Promise<Value | undefined> {
  let wanted: { readonly keys: Set<string>; readonly values: Promise<ReadonlyMap<string, Value>> } | undefined;
  const begin = () => {
    const keys = new Set<string>();
    const values = turn().then(() => {
      wanted = undefined;
      return read([...keys]);
    });
    return { keys, values };
  };
  return async (key) => {
    wanted ??= begin();
    wanted.keys.add(key);
    return (await wanted.values).get(key);
  };
}
