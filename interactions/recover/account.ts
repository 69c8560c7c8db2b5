import { hintedFields } from '../../src/domain/person/login-hint.ts';
import { countSearch, subjectOf } from '../../src/domain/authenticator/throttle.ts';
import {
  checkIdentifier,
  checkIdentity,
  search as soughtBy,
  type Sought,
  type Wanted,
} from '../../src/domain/authenticator/recovery-search.ts';
import type { FieldName } from '../../src/domain/form-fields.ts';
import type { IdentifierKind } from '../../src/domain/person/account.ts';
import type { RecoveryStart } from '../../src/domain/policy.ts';
import type { SubmittedForm } from '../../src/http/form.ts';
import { both, checkFormAnd, textFields } from '../../src/http/form-schema.ts';
import type { Visit } from '../visit.ts';
import { accountPageModel, isMobileOnly } from './pages.ts';
import { plainForm } from '../../src/http/step-form.ts';
import { sayOf, type RecoverStep, type RecoverStepDeps } from './steps.ts';

const identifierSchema = textFields(['identifier']);
const identitySchema = textFields(['name', 'documentNumber']);

/** From one address; a service hall shares one. */
const searchesPerHour = 300;

/** Of one document by strangers: whose mask is shown tells somebody who knows the mobile whether the name is right. */
const namesPerHour = 10;

const isKnown = ({ devices }: RecoverStepDeps, { ctx }: Visit, { accountId }: Sought): boolean =>
  accountId !== undefined && devices.knows(ctx, accountId);

/** Whose password it is about; always behind a captcha. The answer is the same page, whoever it is (DIS-21). */
export function accountStep(deps: RecoverStepDeps): RecoverStep {
  return {
    path: 'account',
    when: (draft) => draft.recovered !== true,
    done: (draft) => draft.sought !== undefined,
    async page(_, visit, state) {
      const captcha = await deps.captchas.model(visit.ctx);
      const model = accountPageModel(sayOf(deps, visit), {
        form: { ...plainForm(state, [...fields(deps, visit), 'captcha'], hintedFields(visit.params.login_hint)), captcha },
        starts: startsOf(deps, visit),
        base: visit.base,
      });
      return { view: 'recover/account', model, service: visit.service };
    },
    async submit(form, _, visit) {
      const wanted = wantedIn(deps, form, startsOf(deps, visit));
      await deps.captchas.pass(form.captcha);
      const search = { name: 'recover', field: fields(deps, visit)[0] ?? '' } as const;
      if (deps.addressLimits) await countSearch(deps, { ...search, by: visit.ctx.state.address, limitPerHour: searchesPerHour });
      const sought = await soughtBy(deps, wanted, deps.profile.proofing.length > 0);
      if (wanted.typed.name !== undefined && !isKnown(deps, visit, sought)) {
        await countSearch(deps, { ...search, by: subjectOf(undefined, wanted.candidates), limitPerHour: namesPerHour });
      }
      return { learnt: { sought, provedAt: undefined } };
    },
  };
}

function startsOf({ profile }: Pick<RecoverStepDeps, 'profile'>, { ctx }: Visit): readonly RecoveryStart[] {
  return profile.recovery?.[ctx.state.channel] ?? [];
}

function fields(deps: Pick<RecoverStepDeps, 'profile'>, visit: Visit): readonly FieldName[] {
  return startsOf(deps, visit).includes('identity') ? ['name', 'documentNumber'] : ['identifier'];
}

/** @throws FormRefused what is wrong with its form, and that the captcha is missing */
function wantedIn({ profile, clock, captchas }: RecoverStepDeps, form: SubmittedForm, starts: readonly RecoveryStart[]): Wanted {
  const now = clock.now();
  const { identifier = '', name = '', documentNumber = '' } = form.values;
  const accepted = starts.filter((start): start is IdentifierKind => start !== 'identity');
  const byIdentity = starts.includes('identity');
  const judge = () =>
    byIdentity ? checkIdentity({ name, documentNumber }, profile, now) : checkIdentifier(identifier, accepted, profile.documents, now);
  const called = isMobileOnly(starts) ? { identifier: 'mobile' } : {};
  const schema = byIdentity ? identitySchema : identifierSchema;
  const [wanted] = checkFormAnd(schema, form.values, () => both(judge, () => captchas.given(form.captcha)), called);
  return wanted;
}
