import { relative } from 'node:path';
import { root } from './product.ts';

/** Jest speaks when a file has ended, which may take long: between two files this one says what moves, twice a minute. */
const everyMs = 30_000;

/** A reporter of jest. */
export default class Progress {
  #ended = 0;
  #said = performance.now();

  onTestCaseResult({ path }: { readonly path: string }, { title, status }: { readonly title: string; readonly status: string }): void {
    this.#ended += 1;
    if (performance.now() - this.#said < everyMs) return;
    this.#said = performance.now();
    console.log(`… ${this.#ended} tests have ended, the last in ${relative(root, path)}: ${title} (${status})`);
  }
}
