import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { fetchAlone } from './connection.ts';
import { type OwnProduct, type Product, startProduct } from './product.ts';

/**
 * Products that many test files use one after the other: one for each jest worker and profile, started when the
 * first test asks. They belong to jest's own process (its global set-up), because a worker forgets everything
 * from file to file.
 */
export interface SharedProducts {
  readonly url: string;
  close(): Promise<void>;
}

const variable = 'SHARED_PRODUCTS';

/** The product of this jest worker for a profile. Its clock may stand anywhere ahead, and other people have accounts. */
export async function sharedProduct(profile = 'demo'): Promise<Product> {
  const host = process.env[variable];
  if (host === undefined) throw new Error('shared products need the global set-up of jest.config.js');
  const answer = await fetchAlone(`${host}/${process.env['JEST_WORKER_ID'] ?? '1'}/${profile}`);
  const body = await answer.text();
  if (!answer.ok) throw new Error(body);
  const product: Product = JSON.parse(body);
  return product;
}

/** Serves the addresses of products and starts them; called once, in jest's own process. */
export async function serveSharedProducts(): Promise<SharedProducts> {
  const products = new Map<string, Promise<OwnProduct>>();
  const productFor = (worker: string, profile: string): Promise<OwnProduct> => {
    const key = `${worker} ${profile}`;
    const product = products.get(key) ?? startProduct({ profile });
    products.set(key, product);
    return product;
  };
  const server = createServer((request, response) => {
    const [, worker = '', profile = ''] = (request.url ?? '').split('/');
    productFor(worker, profile).then(
      ({ issuer, address, folder, listenerPort }) => response.end(JSON.stringify({ issuer, address, folder, listenerPort })),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    );
  });
  const url = await listen(server);
  process.env[variable] = url;
  return {
    url,
    async close() {
      delete process.env[variable];
      server.close();
      server.closeAllConnections();
      await Promise.allSettled([...products.values()].map(async (product) => (await product).remove()));
    },
  };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return `http://127.0.0.1:${address.port}`;
}
