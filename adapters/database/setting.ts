import type { Setting, Strength } from '../../src/domain/presence/strength.ts';

/** By which proof a way in was set, as its columns say it. */
export function settingOf(by: Strength | null, at: Date | null): Setting | undefined {
  return by === null || at === null ? undefined : { by, at };
}
