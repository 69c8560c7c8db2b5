import type { Provider } from 'oidc-provider';
import type { PrivateJwk } from '../domain/keys/signing-keys.ts';

/**
 * The provider in use. The library builds its key set in the constructor, so a rotation makes a new
 * provider and swaps it; every process polls the version of the keys (D11).
 */
export interface ProviderRing {
  current(): Provider;
  /** The handler of the current provider, made once for each. */
  handle: ReturnType<Provider['callback']>;
  /** Looks whether the keys changed; a store that does not answer leaves the provider as it is. */
  refresh(): Promise<boolean>;
}

export interface RingDeps {
  readonly version: () => Promise<number>;
  readonly keys: () => Promise<readonly PrivateJwk[]>;
  readonly create: (keys: readonly PrivateJwk[]) => Provider;
}

export async function createRing({ version, keys, create }: RingDeps): Promise<ProviderRing> {
  let seen = await version();
  let provider = create(await keys());
  let callback = provider.callback();
  return {
    current: () => provider,
    handle: (req, res) => callback(req, res),
    async refresh() {
      const now = await version();
      if (now === seen) return false;
      provider = create(await keys());
      callback = provider.callback();
      seen = now;
      return true;
    },
  };
}
