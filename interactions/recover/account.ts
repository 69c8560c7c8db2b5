import { countSearch } from '../../src/domain/authenticator/throttle.ts';
import { checkIdentifier, checkIdentity, search, type Wanted } from '../../src/domain/authenticator/recovery-search.ts';
import type { IdentifierKind } from '../../src/domain/person/account.ts';
import type { RecoveryStart } from '../../src/domain/policy.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { SubmittedForm } from '../../src/http/form.ts';
import { checkFormAnd, textFields } from '../../src/http/form-schema.ts';
import type { Visit } from '../visit.ts';
import { accountPageModel } from './pages.ts';
import { formOf, sayOf, type RecoverStep, type RecoverStepDeps } from './steps.ts';

const identifierSchema = textFields({ identifier: 64 });
const identitySchema = textFields({ name: 200, documentNumber: 64 });

/** From one address; a service hall shares one. */
const searchesPerHour = 300;

/** Whose password it is about; always behind a captcha. The answer is the same page, whoever it is (DIS-21). */
export function accountStep(deps: RecoverStepDeps): RecoverStep {
  return {
    path: 'account',
    when: (draft) => draft.recovered !== true,
    done: (draft) => draft.sought !== undefined,
    async page(_, visit, state) {
      const starts = startsOf(deps, visit);
      const fields = starts.includes('identity') ? ['name', 'documentNumber'] : ['identifier'];
      const captcha = await deps.captchas.model(visit.ctx);
      const model = accountPageModel(sayOf(deps, visit), {
        form: { ...formOf(state, [...fields, 'captcha']), captcha },
        starts,
        base: visit.base,
      });
      return { view: 'recover/account', model, service: visit.service };
    },
    async submit(form, _, visit) {
      const wanted = wantedIn(deps, form, startsOf(deps, visit));
      await deps.captchas.pass(form.captcha);
      if (deps.addressLimits)
        await countSearch(deps, { name: 'recover', by: visit.ctx.state.address, limitPerHour: searchesPerHour, field: 'identifier' });
      return { learnt: { sought: await search(deps, wanted, deps.profile.proofing.length > 0), provedAt: undefined } };
    },
  };
}

function startsOf({ profile }: Pick<RecoverStepDeps, 'profile'>, { ctx }: Visit): readonly RecoveryStart[] {
  return profile.recovery?.[ctx.state.channel] ?? [];
}

/** @throws FormRefused, Refused what is wrong with its form */
function wantedIn({ profile, clock }: RecoverStepDeps, { values }: SubmittedForm, starts: readonly RecoveryStart[]): Wanted {
  const now = clock.now();
  const { identifier = '', name = '', documentNumber = '' } = values;
  if (starts.includes('identity')) return checkFormAnd(identitySchema, values, () => checkIdentity({ name, documentNumber }, profile, now));
  const accepted = starts.filter((start): start is IdentifierKind => start !== 'identity');
  if (identifier.trim() === '') throw new Refused('field.required', 'identifier', { reason: 'identifier' });
  return checkFormAnd(identifierSchema, values, () => checkIdentifier(identifier, accepted, profile.documents, now));
}
