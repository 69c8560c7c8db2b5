import { ownClientId, type ClientRecord } from '../domain/client.ts';
import { clientRules } from './client-rules.ts';
import type { Surroundings } from './client-rules.ts';
import { isObject, readText } from './json.ts';
import type { Problem } from './problems.ts';
import { memberPath, readSchema, validator } from './schema.ts';
import type { Violation } from './schema.ts';

/** What a schema's defaults cannot fill in. */
type Derived = 'client_name' | 'response_types';
type Candidate = Omit<ClientRecord, Derived> & Partial<Pick<ClientRecord, Derived>>;

const schema = readSchema('clients.schema.json');

const check = validator<Candidate>({ ...schema.items, $id: `${schema.$id}/item`, $defs: schema.$defs ?? {} });

/**
 * Reads the static clients. `{issuer}` in any text becomes the issuer, so that clients of ours follow it.
 * Clients of the sandbox are dropped where it does not run.
 *
 * @param path - of the clients file
 * @returns every problem of every client at once; the clients are usable only when there is none
 */
export function loadClients(
  path: string,
  surroundings: Surroundings & { readonly issuer: string; readonly sandbox: boolean },
): { clients: readonly ClientRecord[]; problems: readonly Problem[] } {
  const read = readList(path, surroundings.issuer);
  if ('problem' in read) return { clients: [], problems: [read.problem] };

  const clients: ClientRecord[] = [];
  const problems: Problem[] = [];
  const rules = clientRules(surroundings);
  const seen = new Map<unknown, number>();
  for (const [index, entry] of read.list.entries()) {
    if (!surroundings.sandbox && member(entry, 'sandbox_only') === true) continue;
    const checked = check(entry);
    const found = checked.ok ? [] : checked.violations;
    const violations = [...found, ...rules.flatMap((find) => find(entry, found)), ...repeated(entry, index, seen)];
    problems.push(...violations.map((violation) => clientProblem(path, index, entry, violation)));
    if (checked.ok) clients.push(complete(checked.value));
  }
  return { clients: problems.length === 0 ? clients : [], problems };
}

function readList(path: string, issuer: string): { list: readonly unknown[] } | { problem: Problem } {
  let text: string;
  try {
    text = readText(path);
  } catch {
    return { problem: { path: 'CLIENTS', problem: `names ${path}, which cannot be read`, expected: 'the path of a JSON file' } };
  }
  try {
    const list: unknown = JSON.parse(text, (_, value: unknown) =>
      typeof value === 'string' ? value.replaceAll('{issuer}', issuer) : value,
    );
    if (Array.isArray(list)) return { list };
    return { problem: { path, problem: 'holds no list', expected: 'a list of clients' } };
  } catch (error) {
    return { problem: { path, problem: `is not JSON${placeOf(error)}`, expected: 'a list of clients' } };
  }
}

/** Only the place: JSON.parse quotes the text around a mistake, and here that may be a secret. */
function placeOf(error: unknown): string {
  const place = error instanceof SyntaxError ? /line \d+ column \d+/.exec(error.message) : null;
  return place ? ` (${place[0]})` : '';
}

function member(entry: unknown, name: string): unknown {
  return isObject(entry) ? entry[name] : undefined;
}

/** @param seen - where each identifier stood first; this one is added */
function repeated(entry: unknown, index: number, seen: Map<unknown, number>): readonly Violation[] {
  const id = member(entry, 'client_id');
  const first = seen.get(id);
  if (id === ownClientId) return [{ at: ['client_id'], problem: 'is that of the platform itself', expected: 'an identifier of its own' }];
  if (first !== undefined) return [{ at: ['client_id'], problem: `is also that of [${first}]`, expected: 'an identifier of its own' }];
  if (id !== undefined) seen.set(id, index);
  return [];
}

function clientProblem(path: string, index: number, entry: unknown, { at, problem, expected }: Violation): Problem {
  const id = member(entry, 'client_id');
  const name = typeof id === 'string' ? ` (${id})` : '';
  const where = at.length === 0 ? '' : `.${memberPath(at)}`;
  return { path: `${path}: [${index}]${name}${where}`, problem, expected };
}

function complete(client: Candidate): ClientRecord {
  const usual = client.grant_types.includes('authorization_code') ? (['code'] as const) : [];
  return { ...client, client_name: client.client_name ?? client.client_id, response_types: client.response_types ?? usual };
}
