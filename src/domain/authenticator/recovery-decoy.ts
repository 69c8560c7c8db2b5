import { citizenNumberCheckCharacter } from '../person/citizen-number.ts';
import type { Vault } from '../vault.ts';

/**
 * What the recovery shows of accounts that do not exist (DIS-21): a mobile and a document that could be somebody's, the
 * same at every visit, because they follow from what was typed by a keyed hash. Only their masks are ever seen.
 */
export interface Decoy {
  /** Limits and codes go by it, as by the id of an account. */
  readonly key: string;
  /** Eleven characters. The middle ones are letters, so that no limit of a real number is used up. */
  readonly mobile: string;
  /** Of a resident identity card. */
  readonly documentNumber: string;
  /** Would this account be verified? Three of four are. */
  readonly verified: boolean;
}

/** @param typed - normalised, so that all spellings have one decoy */
export function decoyOf(vault: Vault, typed: string): Decoy {
  const bytes = vault.index('recovery-decoy', typed);
  const number = (at: number, below: number): number => bytes.readUInt32BE(at) % below;
  const letters = [...bytes.subarray(16, 20)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('');
  return {
    key: bytes.subarray(20).toString('base64url'),
    mobile: `${mobilePrefixes[number(0, mobilePrefixes.length)]}${letters}${padded(number(4, 10_000), 4)}`,
    documentNumber: documentNumberOf(number),
    verified: number(12, 4) > 0,
  };
}

const mobilePrefixes =
  '130 131 132 133 134 135 136 137 138 139 150 151 152 153 155 156 157 158 159 166 173 176 177 178 180 181 182 183 185 186 187 188 189 199'.split(
    ' ',
  );

/** GB/T 2260: municipalities have no prefectures, provinces a dozen. */
const municipalities = ['11', '12', '31', '50'];
const provinces = '13 14 21 22 23 32 33 34 35 36 37 41 42 43 44 45 51 52 53 61 62'.split(' ');

function documentNumberOf(number: (at: number, below: number) => number): string {
  const regions = [...municipalities, ...provinces];
  const region = regions[number(6, regions.length)] ?? '11';
  const prefecture = municipalities.includes(region) ? '01' : padded(1 + number(7, 13), 2);
  const birth = `${1955 + number(8, 50)}${padded(1 + number(9, 12), 2)}${padded(1 + number(10, 28), 2)}`;
  const body = `${region}${prefecture}${padded(1 + number(11, 30), 2)}${birth}${padded(1 + number(3, 999), 3)}`;
  return `${body}${citizenNumberCheckCharacter(body)}`;
}

function padded(number: number, length: number): string {
  return String(number).padStart(length, '0');
}
