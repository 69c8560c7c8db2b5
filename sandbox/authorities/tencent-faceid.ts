import type { Clock } from '../../src/domain/clock.ts';
import type { SourceOutcome } from '../../src/domain/proofing/identity-source.ts';
import type { People } from '../people.ts';
import { createCardRegister } from './card-register.ts';
import type { CardFinding } from './card-register.ts';
import { compareWithRegister } from './population-register.ts';
import type { SimulatorTiming } from './simulator.ts';
import { startTencentProduct, TencentError } from './tencent-cloud.ts';
import type { TencentAction, TencentParameters, TencentServer } from './tencent-cloud.ts';

export interface TencentFaceidOptions {
  readonly clock: Clock;
  readonly people: Pick<People, 'find' | 'findCard'>;
  readonly timing?: SimulatorTiming;
}

/** 慧眼人脸核身: `CheckIdNameDate`, `IdCardVerification` and `BankCard4EVerification` (contracts 2.1, 2.2). */
export function startTencentFaceid({ people, ...rest }: TencentFaceidOptions): Promise<TencentServer> {
  return startTencentProduct({
    ...rest,
    service: 'faceid',
    version: '2018-03-01',
    needsRegion: false,
    actions: {
      CheckIdNameDate: checkIdNameDate(people),
      IdCardVerification: idCardVerification(people),
      BankCard4EVerification: bankCard4EVerification(createCardRegister({ clock: rest.clock, people })),
    },
  });
}

/** These interfaces know neither risk nor manual checks; such people find the source in trouble. */
const nameDateResults: Readonly<Record<SourceOutcome, string>> = {
  match: '0',
  mismatch: '-1',
  invalid: '-5',
  unavailable: '-6',
  refused: '-6',
  pending: '-6',
  'no-record': '-7',
  'over-quota': '-8',
};

function checkIdNameDate(people: Pick<People, 'find'>): TencentAction {
  return (parameters) => {
    const { IdCard, Name, ValidityBegin, ValidityEnd } = parameters;
    const missing = missingText(parameters, ['IdCard', 'Name', 'ValidityBegin', 'ValidityEnd']);
    if (missing) return missing;
    if (!isCitizenNumber(IdCard)) return result('-2');
    if (typeof Name !== 'string' || Name.trim() === '') return result('-3');
    const validFrom = dateOf(ValidityBegin);
    const validUntil = ValidityEnd === '00000000' ? 'long-term' : dateOf(ValidityEnd);
    if (validFrom === undefined || validUntil === undefined) return result('-4');
    const outcome = compareWithRegister(people.find('resident-id-card', IdCard), { name: Name, validFrom, validUntil });
    return result(nameDateResults[outcome]);
  };
}

const nameResults: Readonly<Record<SourceOutcome, string>> = {
  match: '0',
  mismatch: '-1',
  unavailable: '-4',
  refused: '-4',
  pending: '-4',
  invalid: '-5',
  'no-record': '-5',
  'over-quota': '-7',
};

function idCardVerification(people: Pick<People, 'find'>): TencentAction {
  return (parameters) => {
    const { IdCard, Name } = parameters;
    const missing = missingText(parameters, ['IdCard', 'Name']);
    if (missing) return missing;
    if (!isCitizenNumber(IdCard)) return result('-2');
    if (typeof Name !== 'string' || Name.trim() === '') return result('-3');
    return result(nameResults[compareWithRegister(people.find('resident-id-card', IdCard), { name: Name })]);
  };
}

const cardResults: Readonly<Record<SourceOutcome, string>> = {
  match: '0',
  mismatch: '-6',
  'no-record': '-9',
  invalid: '-21',
  refused: '-17',
  pending: '-18',
  unavailable: '-18',
  'over-quota': '-19',
};

const cardReasonResults: Readonly<Record<NonNullable<CardFinding['reason']>, string>> = {
  'no-online-banking': '-7',
  'no-such-card': '-9',
  dormant: '-11',
  risk: '-12',
  lost: '-13',
  expired: '-14',
  'too-many-wrong-pins': '-16',
  'card-quota': '-19',
};

function bankCard4EVerification(check: ReturnType<typeof createCardRegister>): TencentAction {
  return (parameters) => {
    const { Name, IdCard, BankCard, Phone, CertType = 0 } = parameters;
    const missing = missingText(parameters, ['Name', 'IdCard', 'BankCard', 'Phone']);
    if (missing) return missing;
    if (CertType !== 0) return result('-20');
    if (typeof Name !== 'string' || Name.trim() === '') return result('-2');
    if (!isCitizenNumber(IdCard)) return result('-3');
    if (typeof BankCard !== 'string' || !/^\d{13,19}$/.test(BankCard)) return result('-4');
    if (typeof Phone !== 'string' || !/^1\d{10}$/.test(Phone)) return result('-5');
    const question = {
      name: Name,
      documentType: 'resident-id-card',
      documentNumber: IdCard,
      bankCard: BankCard,
      reservedMobile: Phone,
    } as const;
    const { outcome, reason } = check(question);
    return result(reason ? cardReasonResults[reason] : cardResults[outcome]);
  };
}

function result(code: string) {
  return { Result: code, Description: `result ${code}` };
}

function missingText(parameters: TencentParameters, names: readonly string[]): TencentError | undefined {
  const missing = names.find((name) => typeof parameters[name] !== 'string');
  return missing === undefined ? undefined : new TencentError('MissingParameter', `${missing} is missing.`);
}

/** A lower-case x is a wrong number to the real service, too. */
function isCitizenNumber(value: unknown): value is string {
  return typeof value === 'string' && /^\d{17}[\dX]$/.test(value);
}

/** `YYYYMMDD` as a civil date. */
function dateOf(value: unknown): string | undefined {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(String(value)) ?? [];
  return day === undefined ? undefined : `${year}-${month}-${day}`;
}
