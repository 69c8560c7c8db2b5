import type { Person } from '../../../src/domain/person/account.ts';
import { confirmationOf } from '../../../src/domain/person/activation.ts';
import type { ActivationPass } from '../../../src/domain/person/activation-pass.ts';
import { endOfDay } from '../../../src/domain/person/civil-date.ts';
import { documentTypes, type DocumentType } from '../../../src/domain/person/document-number.ts';
import { mask } from '../../../src/domain/person/masking.ts';
import { shownName, type PersonNamePolicy } from '../../../src/domain/person/person-name.ts';
import type { Profile } from '../../../src/domain/policy.ts';
import type { IdentitySource } from '../../../src/domain/proofing/identity-source.ts';
import type { ProofDeps } from '../../../src/domain/proofing/proof.ts';
import { needsGuardian } from '../../../src/domain/proofing/guardian-proof.ts';
import {
  checkRealName,
  recordRealName,
  tickedSex,
  verifyRealName,
  type ConfirmedIdentity,
  type RealNameForm,
} from '../../../src/domain/proofing/real-name.ts';
import { checkRenewal } from '../../../src/domain/proofing/renewal.ts';
import { Refused } from '../../../src/domain/refused.ts';
import type { SubmittedForm } from '../../../src/http/form.ts';
import { checkFormAnd, textFields } from '../../../src/http/form-schema.ts';
import { maskedModel } from '../../../src/http/masked.ts';
import type { Locale, MaskedModel } from '../../../src/http/page-model.ts';
import type { Say, Words } from '../../../src/http/words.ts';
import { nameHint } from '../../layout/rule-hints.ts';
import type { ProofingMethod, ProofingScene } from '../../proofing-method.ts';

export interface RealNameDeps extends ProofDeps {
  readonly activationPass: ActivationPass;
  readonly identitySource: IdentitySource;
  readonly documents: readonly DocumentType[];
  readonly personName: PersonNamePolicy;
  readonly masking: Profile['masking'];
  readonly words: Words;
}

const form = textFields(
  ['documentType', 'name', 'documentNumber', 'sex', 'validFrom', 'validUntil', 'longTerm'],
  ['documentType', 'name', 'documentNumber', 'validFrom'],
);

/** Whoever was verified before gives the dates of the new document. */
const renewalForm = textFields(['validFrom', 'validUntil', 'longTerm'], ['validFrom']);

/** 实名认证 – document and name against the population register (RN-12). */
export function realName(deps: RealNameDeps): ProofingMethod {
  return {
    name: 'real-name',
    needsPerson: false,
    fields: ['documentType', 'name', 'documentNumber', 'sex', 'validFrom', 'validUntil', 'longTerm'],
    page: ({ say, ctx, person, mayReadIdentity }) =>
      realNamePage(
        deps.documents,
        say,
        person && knownModel({ ...deps, locale: ctx.state.locale, now: deps.clock.now(), mayReadIdentity }, person),
      ),
    async verify({ values }, scene) {
      const { applicant, person } = scene;
      const now = deps.clock.now();
      const typed = realNameForm(values);
      const waits = (confirmed: ConfirmedIdentity) => passOn(deps, scene, confirmed);
      if (!person) {
        const identity = checkFormAnd(form, values, () => checkRealName(typed, deps, now));
        return verifyRealName(deps, applicant, identity, waits);
      }
      const identity = checkFormAnd(renewalForm, values, () => checkRenewal(person, typed, deps, now));
      return verifyRealName(deps, applicant, identity, waits).catch(markDates);
    },
    record: (confirmed, guardian, { applicant }) => recordRealName(deps, applicant, confirmed, guardian),
  };
}

/** Whoever waits for their activation goes there by one press: the authority has said yes, and the mobile is proven. */
async function passOn(
  { activationPass, guardian, clock }: RealNameDeps,
  { uid, account, openedAt }: ProofingScene,
  confirmed: ConfirmedIdentity,
): Promise<void> {
  const { documentType: type, number, key, birthDate } = confirmed.identity;
  const confirmation = confirmationOf(confirmed);
  await activationPass.give(uid, {
    sought: { type, number, key, mobile: account.mobile },
    ...(confirmation && { confirmation }),
    minor: needsGuardian(guardian, birthDate, clock.now()),
    ...(openedAt && { account: { id: account.id, openedAt: openedAt.getTime() } }),
  });
}

/** Of a document that is known only its dates can be wrong. */
function markDates(error: unknown): never {
  const about = error instanceof Refused && error.field === 'documentNumber';
  throw about ? new Refused(error.code, 'validFrom', error.params, error.retryAfterSeconds) : error;
}

/** What the view needs besides progress, form and the ways back. */
export interface RealNamePage {
  readonly notice: string;
  /** Who was verified before: only the validity is asked for (DIS-17). */
  readonly known: KnownIdentity | undefined;
  readonly nameHint: string;
  /** Of those that do not tell it the sex is asked with a star. */
  readonly documentTypes: readonly { readonly value: string; readonly label: string; readonly tellsSex: boolean }[];
  readonly sexes: readonly { readonly value: string; readonly label: string }[];
}

export interface KnownIdentity {
  /** Else the service wants to have it checked anew. */
  readonly ended: boolean;
  readonly name: MaskedModel;
  readonly documentType: string;
  readonly number: MaskedModel;
}

type KnownScene = Pick<RealNameDeps, 'masking' | 'words'> & {
  readonly locale: Locale;
  readonly now: Date;
  readonly mayReadIdentity: boolean;
};

export function knownModel({ masking, words, locale, now, mayReadIdentity }: KnownScene, person: Person): KnownIdentity {
  const { document } = person;
  const { validUntil } = document;
  return {
    ended: validUntil !== undefined && validUntil !== 'long-term' && endOfDay(validUntil) <= now,
    name: maskedModel(words, locale, mask.name(shownName(person), masking.name)),
    documentType: words.text(locale, `layout.document.type.${document.type}`),
    number: maskedModel(words, locale, mayReadIdentity ? mask.document(document.number, masking.document) : mask.whole()),
  };
}

export function realNamePage(documents: readonly DocumentType[], say: Say, known?: KnownIdentity): RealNamePage {
  return {
    notice: say(`step-up.real-name.${known ? (known.ended ? 'renewal' : 'again') : 'notice'}`),
    known,
    nameHint: nameHint(say, documents),
    documentTypes: documents.map((type) => ({
      value: type,
      label: say(`layout.document.type.${type}`),
      tellsSex: documentTypes[type].tellsSex,
    })),
    sexes: ['male', 'female'].map((sex) => ({ value: sex, label: say(`layout.sex.${sex}`) })),
  };
}

function realNameForm(values: SubmittedForm['values']): RealNameForm {
  const { documentType = '', name = '', documentNumber = '', sex, validFrom = '', validUntil = '', longTerm } = values;
  return { documentType, name, documentNumber, sex: tickedSex(sex), validFrom, validUntil, longTerm: longTerm === 'yes' };
}
