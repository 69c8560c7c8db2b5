import type { Provider } from 'oidc-provider';
import type { Clock } from '../domain/clock.ts';
import type { KeySet } from '../domain/keys/rotation.ts';

/**
 * The provider in use. The library builds its key set in the constructor, so a rotation makes a new
 * provider and swaps it; every process polls the version of the keys (D11) and knows when a key leaves by itself.
 */
export interface ProviderRing {
  current(): Provider;
  /** The handler of the current provider, made once for each. */
  handle: ReturnType<Provider['callback']>;
  /** Looks whether the keys changed or one of them has had its time; a store that does not answer leaves the provider as it is. */
  refresh(): Promise<boolean>;
}

export interface RingDeps {
  readonly version: () => Promise<number>;
  readonly keys: () => Promise<KeySet>;
  readonly clock: Clock;
  readonly create: (keys: KeySet) => Provider;
}

export async function createRing({ version, keys, clock, create }: RingDeps): Promise<ProviderRing> {
  let seen = await version();
  let set = await keys();
  let provider = create(set);
  let callback = provider.callback();
  return {
    current: () => provider,
    handle: (req, res) => callback(req, res),
    async refresh() {
      const latest = await version();
      const holds = set.until === undefined || clock.now() < set.until;
      if (latest === seen && holds) return false;
      set = await keys();
      provider = create(set);
      callback = provider.callback();
      seen = latest;
      return true;
    },
  };
}
