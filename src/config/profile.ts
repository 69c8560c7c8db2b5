import { readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { unmetPasswordRules } from '../domain/authenticator/password-policy.ts';
import type { Profile } from '../domain/policy.ts';
import { didYouMean } from './problems.ts';
import type { Problem } from './problems.ts';
import { problemIn, readSchema, validator } from './schema.ts';
import type { Violation } from './schema.ts';

/** Names that only the registries know; whoever starts the process passes them. */
export interface KnownMethods {
  /** interactions/registry.ts. */
  readonly loginMethods: readonly string[];
  readonly proofingMethods: readonly string[];
}

type JsonObject = Readonly<Record<string, unknown>>;

const check = validator<Omit<Profile, 'name'>>(readSchema('profile.schema.json'));

/**
 * Reads a profile and what it extends.
 *
 * @param nameOrPath - a name in `profilesDir`, or a path (anything with a slash or `.json`)
 * @returns every problem at once; the profile is there only when there is none
 */
export function loadProfile(
  nameOrPath: string,
  { profilesDir, known }: { profilesDir: string; known: KnownMethods },
): { profile: Profile | undefined; problems: readonly Problem[] } {
  const file = profileFile(nameOrPath, profilesDir, '.');
  const problems: Problem[] = [];
  const merged = readWithParents(file, profilesDir, [], problems);
  if (merged === undefined) return { profile: undefined, problems };

  const checked = check(merged);
  const violations = checked.ok ? crossChecks(checked.value, known) : checked.violations;
  problems.push(...violations.map((violation) => problemIn(file, violation)));
  if (!checked.ok || problems.length > 0) return { profile: undefined, problems };
  return { profile: { name: basename(file, '.json'), ...checked.value }, problems };
}

function profileFile(nameOrPath: string, profilesDir: string, relativeTo: string): string {
  const isPath = nameOrPath.includes('/') || nameOrPath.endsWith('.json');
  return isPath ? join(resolve(relativeTo, nameOrPath)) : join(profilesDir, `${nameOrPath}.json`);
}

/** The file merged over everything it extends; undefined when a part of the chain is unusable. */
function readWithParents(
  file: string,
  profilesDir: string,
  children: readonly string[],
  problems: Problem[],
): JsonObject | undefined {
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
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    const path = child === undefined ? 'PROFILE' : `${child}: extends`;
    problems.push({ path, problem: `names ${file}, which cannot be read`, expected: 'a name in profiles/ or the path of a JSON file' });
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
    problems.push({ path: file, problem: 'holds no object', expected: 'one JSON object' });
  } catch (error) {
    problems.push({ path: file, problem: `is not JSON: ${error instanceof Error ? error.message : ''}`, expected: 'one JSON object' });
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

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Candidate = Omit<Profile, 'name'>;

/** What a schema cannot say: how the parts of a profile fit together. */
function crossChecks(profile: Candidate, known: KnownMethods): Violation[] {
  return [
    ...ladderChecks(profile),
    ...unknownNames(profile.login.desktop, ['login', 'desktop'], known.loginMethods),
    ...unknownNames(profile.login.h5, ['login', 'h5'], known.loginMethods),
    ...unknownNames(profile.proofing, ['proofing'], known.proofingMethods),
    ...registrationChecks(profile),
    ...ranges(profile),
    ...sandboxChecks(profile),
  ];
}

function ladderChecks({ ladders, proofing, later }: Candidate): Violation[] {
  const at = ['ladders', 'person'];
  const violations: Violation[] = [];
  const [lowest] = ladders.person;
  if (lowest !== undefined && (lowest.acr !== 'L1' || lowest.minimumAuthentication || lowest.comingSoon || !lowest.anyOf.some((set) => set.length === 0))) {
    violations.push({
      at: [...at, '0'],
      problem: 'is not held by everybody with an account',
      expected: 'L1 with an empty set in anyOf, without minimumAuthentication and comingSoon',
    });
  }
  for (const [index, rung] of ladders.person.entries()) {
    const below = ladders.person[index - 1];
    if (below !== undefined && below.acr >= rung.acr) {
      violations.push({ at: [...at, `${index}`, 'acr'], problem: `is ${rung.acr} above ${below.acr}`, expected: 'each level once, lowest first' });
    }
    if (rung.comingSoon) continue;
    const offered = (kind: string): boolean => proofing.includes(kind) || later.includes(`proofing.${kind}`);
    for (const kind of new Set(rung.anyOf.flat().filter((name) => !offered(name)))) {
      violations.push({
        at: [...at, `${index}`, 'anyOf'],
        problem: `names ${kind}, which nothing gives`,
        expected: `evidence of "proofing"${didYouMean(kind, proofing)}, or "proofing.${kind}" under "later", or comingSoon`,
      });
    }
  }
  return violations;
}

function unknownNames(names: readonly string[], at: readonly string[], known: readonly string[]): Violation[] {
  return names.flatMap((name, index) =>
    known.includes(name)
      ? []
      : [{ at: [...at, `${index}`], problem: `is "${name}", which is not known${didYouMean(name, known)}`, expected: `one of ${known.join(', ')}` }],
  );
}

function registrationChecks({ registration: { steps }, identifiers, username, proofing }: Candidate): Violation[] {
  const violations: Violation[] = [];
  if (steps[0] !== 'account' || steps.at(-1) !== 'done') {
    violations.push({ at: ['registration', 'steps'], problem: `is ${steps.join(', ')}`, expected: 'account first and done last' });
  }
  if (steps.includes('identity') && proofing.length === 0) {
    violations.push({ at: ['registration', 'steps'], problem: 'has the step identity', expected: 'a proofing method, or no such step' });
  }
  if (identifiers.includes('username') && username === null) {
    violations.push({ at: ['identifiers'], problem: 'has username, but there are none', expected: 'a rule under "username", or no such identifier' });
  }
  return violations;
}

function ranges({ username, personName, password, sms, sessions }: Candidate): Violation[] {
  const pairs: readonly (readonly [readonly string[], number, string, number])[] = [
    ...(username === null ? [] : [[['username', 'minLength'], username.minLength, 'maxLength', username.maxLength] as const]),
    [['personName', 'minWidth'], personName.minWidth, 'maxWidth', personName.maxWidth],
    [['password', 'minLength'], password.minLength, 'maxLength', password.maxLength],
    [['sms', 'perHour'], sms.perHour, 'perDay', sms.perDay],
    [['sessions', 'idleSeconds'], sessions.idleSeconds, 'absoluteSeconds', sessions.absoluteSeconds],
  ];
  return pairs
    .filter(([, less, , more]) => less > more)
    .map(([at, less, name, more]) => ({ at, problem: `is ${less}`, expected: `at most ${name}, ${more}` }));
}

function sandboxChecks({ sandbox, password }: Candidate): Violation[] {
  const unmet = unmetPasswordRules(password, sandbox.password);
  if (unmet.length === 0) return [];
  return [{ at: ['sandbox', 'password'], problem: `breaks the rule "password" (${unmet.join(', ')})`, expected: 'a password that fits it' }];
}
