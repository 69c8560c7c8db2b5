/** Jest runs this once after them, also when tests failed. */
export default async function teardown(): Promise<void> {
  await globalThis.sharedProducts?.close();
  globalThis.sharedProducts = undefined;
}
