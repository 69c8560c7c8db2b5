import { Refused, type RefusalCode } from '../../src/domain/refused.ts';
import { errorModel, type ExpiredModel, type ProtocolErrorModel, type SignedOutModel } from '../../src/http/errors.ts';
import type { Link, Locale } from '../../src/http/page-model.ts';
import type { Example } from '../journey.ts';
import { mask } from '../../src/domain/person/masking.ts';
import { housingFund, longService, nowhere, sampleAct, zhangwei } from '../layout/samples.ts';

type WayBack = ((locale: Locale) => Link) | undefined;

const toService: WayBack = (locale) => ({ href: 'https://fund.demonstration-city.example/', label: housingFund(locale).name });
const toLongService: WayBack = (locale) => ({ href: 'https://land.demonstration-city.example/', label: longService(locale).name });

function error(code: RefusalCode, back?: WayBack): Example {
  return {
    view: 'error/error',
    state: back ? `${code}-with-service` : code,
    model: ({ words, locale }) => errorModel(words, locale, new Refused(code), back?.(locale)),
  };
}

function other(state: string, back?: WayBack): Example {
  const refused = new Refused('session.other', undefined, { account: mask.mobile(zhangwei.mobile).text });
  return { view: 'error/other', state, model: ({ words, locale }) => errorModel(words, locale, refused, back?.(locale)) };
}

function signedOut(state: string, typed?: Readonly<Record<string, string>>): Example {
  const again = typed && { ...sampleAct, typed };
  return {
    view: 'error/signed-out',
    state,
    model: ({ words, locale }): SignedOutModel => ({
      ...errorModel(words, locale, new Refused('session.required'), undefined),
      login: nowhere,
      again,
    }),
  };
}

function expired(state: string, back?: WayBack, cookieless = false): Example {
  return { view: 'error/expired', state, model: ({ locale }): ExpiredModel => ({ back: back?.(locale), cookieless }) };
}

function done(state: string, back?: WayBack): Example {
  return { view: 'error/done', state, model: ({ locale }): ExpiredModel => ({ back: back?.(locale), cookieless: false }) };
}

function protocol(code: string, back?: WayBack): Example {
  return { view: 'error/protocol', state: code, model: ({ locale }): ProtocolErrorModel => ({ code, back: back?.(locale) }) };
}

export const examples: readonly Example[] = [
  error('page.not-found'),
  error('page.method'),
  error('form.forged'),
  error('form.forged', toService),
  error('form.malformed'),
  error('form.too-large'),
  signedOut('nothing-typed'),
  signedOut('typed', { email: 'zhangwei@example.cn' }),
  error('account.locked'),
  error('upstream.gone'),
  error('bind.gone'),
  error('change.frozen'),
  error('change.gone'),
  error('presence.required'),
  error('account.locked', toLongService),
  error('service.busy'),
  error('service.unavailable'),
  error('service.unavailable', toService),
  error('service.failed'),
  other('without-service'),
  other('with-service', toService),
  expired('without-service'),
  expired('without-cookies', undefined, true),
  expired('with-service', toService),
  expired('with-long-service', toLongService),
  done('without-service'),
  done('with-service', toService),
  protocol('invalid_client'),
  protocol('invalid_request', toService),
  protocol('invalid_redirect_uri', toLongService),
];
