import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/**
 * A new temporary folder holding a copy of what `make` made once on this machine: an empty database takes seconds
 * to make and a moment to copy.
 *
 * @param name - of the thing and its version; another version is another template
 */
export async function folderFromTemplate(name: string, make: (folder: string) => void | Promise<void>): Promise<string> {
  const template = join(tmpdir(), `minxin-template-${userInfo().username}-${name}`);
  if (!existsSync(template)) await makeTemplate(template, make);
  const folder = mkdtempSync(join(tmpdir(), 'minxin-test-'));
  execFileSync('cp', ['-a', `${template}/.`, folder]);
  return folder;
}

async function makeTemplate(template: string, make: (folder: string) => void | Promise<void>): Promise<void> {
  const draft = mkdtempSync(`${template}-`);
  await make(draft);
  try {
    renameSync(draft, template);
  } catch {
    rmSync(draft, { recursive: true }); // another test was faster
  }
}
