import type { Example } from '../journey.ts';
import { housingFund, longService, sampleAct } from '../layout/samples.ts';
import { consentItems, type ConsentModel } from './consent.ts';

function consent(state: string, service: typeof housingFund, scopes: readonly string[]): Example {
  return {
    view: 'consent/consent',
    state,
    service,
    model: ({ say, locale }): ConsentModel => ({
      service: { ...service(locale), organisation: undefined },
      items: consentItems(scopes, say),
      form: sampleAct,
      remembered: say('consent.remembered'),
    }),
  };
}

const withoutAddress: typeof housingFund = (locale) => ({ ...housingFund(locale), href: undefined });

export const examples: readonly Example[] = [
  consent('only-number', housingFund, ['openid']),
  consent('several', housingFund, ['openid', 'profile', 'phone', 'real_name', 'assurance']),
  consent('sensitive', withoutAddress, ['openid', 'real_name', 'identity_document']),
  consent('everything', longService, [
    'openid',
    'profile',
    'phone',
    'email',
    'address',
    'real_name',
    'identity_document',
    'assurance',
    'offline_access',
  ]),
];
