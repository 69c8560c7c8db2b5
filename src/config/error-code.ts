import { isObject } from './json.ts';

/** The code of a system error (`ENOENT` …); undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  return isObject(error) && typeof error['code'] === 'string' ? error['code'] : undefined;
}
