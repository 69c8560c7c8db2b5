import { expect } from '@jest/globals';
import type { Page, Person } from './browser.ts';
import { problemsOf } from './form-problems.ts';

/** What must be filled in, as the page marks it, in its order: empty fields, groups of choices with none chosen. */
export function emptyFields({ $ }: Page, button = mainButton): readonly string[] {
  const form = $(button).first().closest('form');
  const types = form.find('[name=documentType] option');
  const chosen = types.filter('[selected]').length > 0 ? types.filter('[selected]') : types.first();
  const elsewhere = chosen.attr('data-tells-sex') === undefined ? '.of-cards' : '.of-permits';
  return form
    .find('input, select, fieldset.field, fieldset.passkey')
    .toArray()
    .map((element) => $(element))
    .filter((control) => control.closest(elsewhere).length === 0)
    .flatMap((control) => {
      if (control.is('fieldset')) return fieldOfGroup(control, elsewhere);
      const name = control.attr('name') ?? '';
      if (control.attr('aria-required') !== 'true') return [];
      return isEmpty(control) ? [name] : [];
    });
}

const mainButton = '#login-submit, #login-passkey, #next';

type Control = ReturnType<Page['$']>;

function fieldOfGroup(group: Control, elsewhere: string): readonly string[] {
  const first = group.find('[name]').first();
  const asked = group.is('.passkey') || group.find('legend .star').not(elsewhere).length > 0;
  return asked && group.find('[checked]').length === 0 ? [first.attr('name') ?? ''] : [];
}

function isEmpty(control: Control): boolean {
  if (control.attr('type') === 'checkbox') return control.attr('checked') === undefined;
  return control.is('select')
    ? control.find('option[selected]').length === 0 && control.find('option').first().attr('value') === ''
    : !control.attr('value');
}

/** Sends the form as it stands: everything that is missing is named at once, and the first of it is focused. */
export async function expectAllNamed(person: Person): Promise<void> {
  const [missing, path] = [emptyFields(person.page), person.page.url.pathname];
  await person.submits(person.page.has('[name=captcha]') ? { captcha: '' } : {}, { button: mainButton });
  const { page } = person;
  expect({ path, status: page.status, named: Object.keys(problemsOf(page)) }).toEqual({ path, status: 422, named: missing });
  expect([path, focusedField(page)]).toEqual([path, missing[0]]);
}

/** Name of the field, or of the first in the group, that a browser focuses when the page appears. */
export function focusedField({ $ }: Page): string | undefined {
  const focused = $('[autofocus]').first();
  return focused.attr('name') ?? focused.find('[name]').first().attr('name');
}
