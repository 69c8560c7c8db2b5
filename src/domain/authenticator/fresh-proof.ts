import type { SessionFactor } from '../protocol-state.ts';

/** Who proved themselves a moment ago is not asked again (RN-11). */
export const freshSeconds = 600;

/** Whether one of these methods (RFC 8176) was used in the session within ten minutes. */
export function provedLately(factors: readonly SessionFactor[], methods: ReadonlySet<string>, now: Date): boolean {
  return factors.some(({ amr, at }) => methods.has(amr) && now.getTime() - at.getTime() <= freshSeconds * 1000);
}
