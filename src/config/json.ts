import { readFileSync } from 'node:fs';

export type JsonObject = Readonly<Record<string, unknown>>;

/** @throws the error of the file system, or SyntaxError */
export function readJson(file: string | URL): unknown {
  return JSON.parse(readText(file));
}

/** Without the byte-order mark that some editors write. @throws the error of the file system */
export function readText(file: string | URL): string {
  return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
