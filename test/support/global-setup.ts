import { serveSharedProducts, type SharedProducts } from './shared-products.ts';

declare global {
  var sharedProducts: SharedProducts | undefined;
}

/** Jest runs this once before the tests of a suite that goes through the running product. */
export default async function setup(): Promise<void> {
  globalThis.sharedProducts ??= await serveSharedProducts();
}
