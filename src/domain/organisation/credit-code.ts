/**
 * The unified social credit code (统一社会信用代码, GB 32100-2015) that identifies every organisation: registering
 * department, category, division, organisation code (GB 11714) and check character.
 */
import { fold } from '../folding.ts';

/**
 * Kind of organisation (法人类型) as the first two characters tell it (国发〔2015〕33号). Prefixes that are rarer or newer
 * than this table are `other`, never a refusal: departments may add categories.
 */
export type OrganisationKind =
  | 'state-organ' // 机关
  | 'public-institution' // 事业单位
  | 'mass-organisation' // 编办直接管理机构编制的群众团体
  | 'social-organisation' // 社会团体
  | 'private-non-enterprise-unit' // 民办非企业单位
  | 'foundation' // 基金会
  | 'enterprise' // 企业
  | 'individual-business' // 个体工商户
  | 'farmers-cooperative' // 农民专业合作社
  | 'other';

/** Why a credit code is refused; part of a locale key. */
export type CreditCodeReason = 'empty' | 'characters' | 'length' | 'division' | 'check-character';

/** What a well-formed code tells. It is unique and lifelong, so `canonical` is also what uniqueness is judged by. */
export interface CreditCode {
  ok: true;
  canonical: string;
  kind: OrganisationKind;
  /** The nine characters of GB 11714 inside the code. */
  organisationCode: string;
  /**
   * The inner code's own check character does not fit although the outer one does. No refusal: the outer character
   * already catches every single slip, so what is left are codes that were assigned that way; the register decides.
   */
  warning?: 'organisation-code';
}

export type CreditCodeCheck = CreditCode | { ok: false; reason: CreditCodeReason };

const kinds: ReadonlyMap<string, OrganisationKind> = new Map([
  ['11', 'state-organ'],
  ['12', 'public-institution'],
  ['13', 'mass-organisation'],
  ['51', 'social-organisation'],
  ['52', 'private-non-enterprise-unit'],
  ['53', 'foundation'],
  ['91', 'enterprise'],
  ['92', 'individual-business'],
  ['93', 'farmers-cooperative'],
]);

/** Without I, O, S, V and Z, which are mistaken for digits and each other. */
const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

const organisationWeights = [3, 7, 9, 10, 5, 8, 4, 2];

/**
 * Checks a credit code: alphabet, length, digits of the division, check character, and whether the organisation code
 * inside is one.
 *
 * @param text - as typed
 */
export function checkCreditCode(text: string): CreditCodeCheck {
  const canonical = fold('document-number', text);
  if (canonical === '') return { ok: false, reason: 'empty' };
  if (![...canonical].every((character) => alphabet.includes(character))) return { ok: false, reason: 'characters' };
  if (canonical.length !== 18) return { ok: false, reason: 'length' };
  if (!/^\d{6}$/.test(canonical.slice(2, 8))) return { ok: false, reason: 'division' };
  if (creditCodeCheckCharacter(canonical) !== canonical.at(-1)) return { ok: false, reason: 'check-character' };
  const organisationCode = canonical.slice(8, 17);
  const code = { ok: true, canonical, kind: kinds.get(canonical.slice(0, 2)) ?? 'other', organisationCode } as const;
  return isOrganisationCode(organisationCode) ? code : { ...code, warning: 'organisation-code' };
}

/**
 * The 18th character: weights are the powers of 3 modulo 31.
 *
 * @param body - the first 17 characters, of the code's alphabet
 */
export function creditCodeCheckCharacter(body: string): string {
  const sum = weights.reduce((total, weight, index) => total + weight * alphabet.indexOf(body.charAt(index)), 0);
  return alphabet.charAt((31 - (sum % 31)) % 31);
}

/**
 * Whether the nine characters are an organisation code (组织机构代码, GB 11714): eight digits or letters and a check
 * character. It stands inside the credit code and alone on older certificates.
 *
 * @param code - compacted
 */
export function isOrganisationCode(code: string): boolean {
  return /^[0-9A-Z]{8}[0-9X]$/.test(code) && organisationCodeCheckCharacter(code) === code.at(-1);
}

/**
 * The ninth character of an organisation code; letters count 10 to 35.
 *
 * @param body - the first eight characters
 */
export function organisationCodeCheckCharacter(body: string): string {
  const sum = organisationWeights.reduce((total, weight, index) => total + weight * Number.parseInt(body.charAt(index), 36), 0);
  const check = 11 - (sum % 11);
  if (check === 11) return '0';
  return check === 10 ? 'X' : String(check);
}
