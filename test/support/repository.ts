import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './product.ts';

/** The files of this repository, for tests that look at them. */

/** Paths from the root. */
export function filesUnder(folders: readonly string[], ending: RegExp): readonly string[] {
  return folders
    .flatMap((folder) =>
      existsSync(join(root, folder))
        ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file))
        : [],
    )
    .filter((file) => ending.test(file));
}

export const read = (file: string): string => readFileSync(join(root, file), 'utf8');
