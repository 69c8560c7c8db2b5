/** At most `limit` in any `milliseconds`. */
export interface FlowLimit {
  readonly limit: number;
  readonly milliseconds: number;
}

/** Counts what was taken under each key. */
export interface FlowControl<Limit extends FlowLimit> {
  /** Takes one, or says which limit stands in the way; then nothing is counted. */
  take(key: string, now: Date): Limit | undefined;
}

/** Sliding windows in memory, for the quotas that authorities and vendors really have. */
export function createFlowControl<Limit extends FlowLimit>(limits: readonly Limit[]): FlowControl<Limit> {
  const longest = Math.max(...limits.map(({ milliseconds }) => milliseconds));
  const takenAt = new Map<string, readonly number[]>();
  return {
    take(key, now) {
      const at = now.getTime();
      const recent = (takenAt.get(key) ?? []).filter((time) => time > at - longest);
      const exceeded = limits.find(({ limit, milliseconds }) => recent.filter((time) => time > at - milliseconds).length >= limit);
      if (!exceeded) takenAt.set(key, [...recent, at]);
      return exceeded;
    },
  };
}
