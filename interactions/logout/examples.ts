import type { LoggedOutModel, LogoutModel } from '../../src/oidc/provider-pages.ts';
import type { Example } from '../journey.ts';
import { housingFund, longService, nowhere, sampleAct } from '../layout/samples.ts';

function logout(state: string, service?: typeof housingFund): Example {
  return {
    view: 'logout/logout',
    state,
    ...(service ? { service } : {}),
    model: ({ locale }): LogoutModel => ({
      action: nowhere,
      xsrf: 'f1dd9cEXAMPLEa70b3e52',
      token: sampleAct.token,
      service: service?.(locale),
    }),
  };
}

function done(state: string, stayed: boolean, service?: typeof housingFund): Example {
  return {
    view: 'logout/done',
    state,
    model: ({ locale }): LoggedOutModel => {
      const { name, href } = service?.(locale) ?? {};
      return { stayed, next: name !== undefined && href !== undefined ? { href, label: name } : undefined };
    },
  };
}

export const examples: readonly Example[] = [
  logout('asked-by-nobody'),
  logout('asked-by-service', housingFund),
  logout('asked-by-long-service', longService),
  done('signed-out', false),
  done('signed-out-of-service', false, housingFund),
  done('stayed', true),
  done('stayed-with-service', true, longService),
];
