import { randomInt } from 'node:crypto';

/**
 * User names for accounts whose form asks for none (REG-14): the city's prefix and the mobile. Whoever had the number
 * before may still be called by it; then some digits follow. Such a name holds a mobile and is kept sealed like all.
 *
 * @param attempt - from 0; only the first name is without digits behind it
 */
export function generatedUsername(prefix: string, mobile: string, attempt: number): string {
  return attempt === 0 ? `${prefix}${mobile}` : `${prefix}${mobile}${String(randomInt(1000)).padStart(3, '0')}`;
}
