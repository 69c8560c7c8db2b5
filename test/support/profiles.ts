import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { questionIds } from '../../interactions/help/questions.ts';
import { loginMethodNames, proofingMethodNames, upstreamNames } from '../../interactions/registry.ts';
import { loadProfile } from '../../src/config/profile.ts';
import type { Profile } from '../../src/domain/policy.ts';
import { root } from './product.ts';

const profilesDir = join(root, 'profiles');

export const knownNames = {
  loginMethods: [...loginMethodNames, ...upstreamNames],
  proofingMethods: proofingMethodNames,
  questions: questionIds,
};

/** Every deployment of the repository. */
export const profileNames: readonly string[] = readdirSync(profilesDir)
  .map((file) => file.replace('.json', ''))
  .filter((name) => name !== 'base');

/** A deployment as the product loads it. */
export function profileOf(name: string): Profile {
  const { profile, problems } = loadProfile(name, { profilesDir, known: knownNames });
  if (!profile) throw new Error(JSON.stringify(problems, null, 2));
  return profile;
}
