import type { FormPostModel } from '../../src/oidc/provider-pages.ts';
import type { Example } from '../journey.ts';
import { nowhere } from '../layout/samples.ts';

function formPost(state: string, reason: FormPostModel['reason'], fields: Readonly<Record<string, string>>): Example {
  const pairs = Object.entries(fields).map(([name, value]) => ({ name, value }));
  return { view: 'form-post/form-post', state, model: (): FormPostModel => ({ action: nowhere, fields: pairs, reason }) };
}

const answer = { iss: 'https://id.demonstration-city.example', state: 'k2UEXAMPLEq7' };

export const examples: readonly Example[] = [
  formPost('answer', 'form_post', { ...answer, code: 'pV9cEXAMPLE5tR8wQzXyLm3' }),
  // A field of this name hides the method of the form that would submit it.
  formPost('error', 'form_post', { ...answer, error: 'access_denied', error_description: 'the person refused', submit: 'yes' }),
  formPost('switch', 'switch', { xsrf: 'f1dd9cEXAMPLEa70b3e52', logout: 'yes' }),
];
