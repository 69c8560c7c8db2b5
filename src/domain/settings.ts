export interface Setting {
  readonly value: string;
  /** 1 for the first value, then one more with each change. */
  readonly version: number;
}

/** Small values that every process must see alike and that change while the product runs. */
export interface Settings {
  /** One look-up; undefined when it was never set. */
  get(name: string): Promise<Setting | undefined>;
  /** Sets the value, whatever it was; answers the new version. */
  put(name: string, value: string, at: Date): Promise<number>;
  /** True for one of those who ask at once: nobody had a turn of this name in the last `everySeconds`. */
  claimTurn(name: string, everySeconds: number, now: Date): Promise<boolean>;
}
