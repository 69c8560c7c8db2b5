import { beginning } from '../domain/characters.ts';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject } from 'ajv/dist/2020.js';
import { formats } from './formats.ts';
import { didYouMean } from './problems.ts';
import type { Problem } from './problems.ts';

/** One property of a schema, as far as messages and docs/configuration.md need it. */
export interface PropertySchema {
  readonly $id?: string;
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, PropertySchema>>;
  readonly items?: PropertySchema;
  /** Its value is never shown. */
  readonly writeOnly?: boolean;
  /** A default that depends on something, in words. */
  readonly 'x-default'?: string;
  /** What a `pattern` or `format` wants, in words. */
  readonly 'x-expected'?: string;
  /** A variable that names a file to read the value from instead. */
  readonly 'x-file'?: string;
  /** The proofing method that cannot work without this variable when the sandbox is off. */
  readonly 'x-needed-by'?: string;
  /** The gateways that cannot work without this variable. */
  readonly 'x-gateways'?: readonly string[];
}

export interface RootSchema extends PropertySchema {
  readonly $id: string;
  readonly $defs?: Readonly<Record<string, PropertySchema>>;
}

/** Reads one of the three schemas that lie beside this file. */
export function readSchema(file: string): RootSchema {
  const schema: RootSchema = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
  return schema;
}

export type Checked<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly violations: readonly Violation[] };

/**
 * A function that finds every violation of `schema`. Defaults of the schema are written into the value
 * that is checked; `coerce` also turns texts into numbers, for environment variables.
 */
export function validator<Value>(schema: RootSchema, options: { coerce?: boolean } = {}): (value: unknown) => Checked<Value> {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    useDefaults: true,
    coerceTypes: options.coerce ?? false,
    verbose: true,
    formats,
  });
  for (const keyword of ['x-default', 'x-expected', 'x-file', 'x-needed-by', 'x-gateways']) ajv.addKeyword({ keyword });
  const check = ajv.compile<Value>(schema);
  return (value) => (check(value) ? { ok: true, value } : { ok: false, violations: (check.errors ?? []).map(violation) });
}

/** A violation of a schema: where in the value, and in words. */
export interface Violation {
  /** Member names and indexes from the root. */
  readonly at: readonly string[];
  readonly problem: string;
  readonly expected: string;
}

/** A violation as a problem of a file: `<file>: ladders.person[1].acr`. */
export function problemIn(file: string, { at, problem, expected }: Violation): Problem {
  const path = memberPath(at);
  return { path: path === '' ? file : `${file}: ${path}`, problem, expected };
}

/** `['ladders', 'person', '1', 'acr']` as `ladders.person[1].acr`. */
export function memberPath(at: readonly string[]): string {
  return at
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}

function violation(error: ErrorObject): Violation {
  const at = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const schema: PropertySchema = error.parentSchema ?? {};
  switch (error.keyword) {
    case 'required': {
      const name = String(error.params['missingProperty']);
      return { at: [...at, name], problem: 'is missing', expected: schema.properties?.[name]?.description ?? 'a value' };
    }
    case 'additionalProperties': {
      const name = String(error.params['additionalProperty']);
      const known = Object.keys(schema.properties ?? {});
      return { at: [...at, name], problem: `is not known${didYouMean(name, known)}`, expected: `one of ${known.join(', ')}` };
    }
    case 'minItems':
      return { at, problem: 'has too few entries', expected: `at least ${String(error.params['limit'])}` };
    case 'uniqueItems':
      return { at, problem: 'names the same thing twice', expected: 'each entry once' };
    default:
      return { at, problem: schema.writeOnly === true ? 'is not valid' : `is ${shown(error.data)}`, expected: expectation(schema) };
  }
}

/** A value in a message, short. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  const start = beginning(text, 57);
  return text.length > 60 ? `${start}...` : text;
}

/** What a property must be, in words: the part of its schema that a reader can act on. */
export function expectation(schema: PropertySchema | undefined): string {
  if (schema === undefined) return 'a value';
  if (schema['x-expected'] !== undefined) return schema['x-expected'];
  if (schema.enum !== undefined)
    return schema.enum
      .map(String)
      .join(', ')
      .replace(/, ([^,]*)$/, ' or $1');
  const type = [schema.type ?? 'value'].flat().map(typeInWords).join(' or ');
  if (schema.type === 'integer') return type + range(schema.minimum, schema.maximum);
  if (schema.format !== undefined) return `${type} in the format ${schema.format}`;
  if (schema.pattern !== undefined) return `${type} that matches ${schema.pattern}`;
  if (schema.minLength !== undefined || schema.maxLength !== undefined) {
    return `${type} of${range(schema.minLength, schema.maxLength)} characters`;
  }
  const entry = schema.items;
  const isPlain = entry?.type === 'string' || entry?.type === 'integer';
  return entry !== undefined && isPlain ? `${type}, each entry ${expectation(entry)}` : type;
}

function typeInWords(type: string): string {
  const words: Record<string, string> = {
    string: 'a text',
    integer: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'an object',
    null: 'null',
  };
  return words[type] ?? type;
}

function range(from: number | undefined, to: number | undefined): string {
  if (from !== undefined && to !== undefined) return ` ${from} to ${to}`;
  if (from !== undefined) return ` at least ${from}`;
  return to === undefined ? '' : ` at most ${to}`;
}
