import { basename, dirname, isAbsolute, join } from 'node:path';
import type { Profile } from '../domain/policy.ts';
import { isObject, readJson } from './json.ts';
import type { JsonObject } from './json.ts';
import type { Problem } from './problems.ts';
import { profileRules } from './profile-rules.ts';
import type { KnownMethods } from './profile-rules.ts';
import { problemIn, readSchema, validator } from './schema.ts';

type Candidate = Omit<Profile, 'name'>;

const check = validator<Candidate>(readSchema('profile.schema.json'));

/**
 * Reads a profile and what it extends.
 *
 * @param nameOrPath - a name in `profilesDir`, or a path (anything with a slash or `.json`)
 * @param known - `unchecked` where only the data matters, as in a document
 * @returns every problem at once; the profile is there only when there is none
 */
export function loadProfile(
  nameOrPath: string,
  { profilesDir, known }: { profilesDir: string; known: KnownMethods | 'unchecked' },
): { profile: Profile | undefined; problems: readonly Problem[] } {
  const file = profileFile(nameOrPath, profilesDir, '.');
  const problems: Problem[] = [];
  const merged = readWithParents(file, profilesDir, [], problems);
  if (merged === undefined) return { profile: undefined, problems };

  const checked = check(merged);
  const violations = checked.ok ? [] : checked.violations;
  const related = profileRules(known).flatMap((find) => find(merged, violations));
  problems.push(...[...violations, ...related].map((violation) => problemIn(file, violation)));
  if (!checked.ok || problems.length > 0) return { profile: undefined, problems };
  return { profile: { name: basename(file, '.json'), ...checked.value }, problems };
}

function profileFile(nameOrPath: string, profilesDir: string, relativeTo: string): string {
  const isPath = nameOrPath.includes('/') || nameOrPath.endsWith('.json');
  if (!isPath) return join(profilesDir, `${nameOrPath}.json`);
  return isAbsolute(nameOrPath) ? nameOrPath : join(relativeTo, nameOrPath);
}

/** The file merged over everything it extends; undefined when a part of the chain is unusable. */
function readWithParents(file: string, profilesDir: string, children: readonly string[], problems: Problem[]): JsonObject | undefined {
  const child = children.at(-1);
  if (children.includes(file)) {
    const chain = [...children.slice(children.indexOf(file)), file].map((path) => basename(path, '.json'));
    problems.push({ path: `${child}: extends`, problem: `goes round in a circle (${chain.join(' → ')})`, expected: 'a chain that ends' });
    return undefined;
  }
  const own = readJsonObject(file, child, problems);
  if (own === undefined) return undefined;
  const { extends: parent, ...members } = own;
  if (parent === undefined) return members;
  if (typeof parent !== 'string' || parent === '') {
    problems.push({ path: `${file}: extends`, problem: 'is not a name', expected: 'the name or path of a profile' });
    return undefined;
  }
  const base = readWithParents(profileFile(parent, profilesDir, dirname(file)), profilesDir, [...children, file], problems);
  return base === undefined ? undefined : merge(base, members);
}

function readJsonObject(file: string, child: string | undefined, problems: Problem[]): JsonObject | undefined {
  try {
    const value = readJson(file);
    if (isObject(value)) return value;
    problems.push({ path: file, problem: 'holds no object', expected: 'one JSON object' });
  } catch (error) {
    const path = child === undefined ? 'PROFILE' : `${child}: extends`;
    problems.push(
      error instanceof SyntaxError
        ? { path: file, problem: `is not JSON: ${error.message}`, expected: 'one JSON object' }
        : { path, problem: `names ${file}, which cannot be read`, expected: 'a name in profiles/ or the path of a JSON file' },
    );
  }
  return undefined;
}

/** Objects are merged member by member; lists and single values replace what they extend. */
function merge(base: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const below = merged[name];
    merged[name] = isObject(below) && isObject(value) ? merge(below, value) : value;
  }
  return merged;
}
