import { readFileSync } from 'node:fs';

export type JsonObject = Readonly<Record<string, unknown>>;

/** @throws the error of the file system, or SyntaxError */
export function readJson(file: string | URL): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
