import type { Clock } from '../src/domain/clock.ts';
import type { NationalPlatform } from '../src/domain/notification/national-platform.ts';
import type { MailGateway, SmsGateway } from '../src/domain/notification/outbox.ts';
import type { Upstream, UpstreamPreset } from '../src/domain/upstream/upstream.ts';
import type { BankCardSource, IdentitySource } from '../src/domain/proofing/identity-source.ts';
import { createPublicSecurity } from './identity-source/public-security.ts';
import type { SignedJsonOptions } from './signed-exchange.ts';
import { createSignedJsonBankCard } from './identity-source/signed-json-bank-card.ts';
import { createTencentBankCard } from './identity-source/tencent-bank-card.ts';
import { createTencentIdentity } from './identity-source/tencent-identity.ts';
import { createMailLog } from './mail/log.ts';
import { createSmtp } from './mail/smtp.ts';
import { createNationalPlatform } from './national-platform/signed-json.ts';
import { createOidcUpstream } from './upstream/oidc.ts';
import { createAliyun } from './sms/aliyun.ts';
import { createChuanglan } from './sms/chuanglan.ts';
import { createSmsLog } from './sms/log.ts';
import { createTencentSms } from './sms/tencent.ts';

/** Everybody outside, by the name of the driver that speaks to them – one line per entry. */

/** What an authority's driver needs to know. */
export interface AuthorityAccess {
  readonly driver: string;
  readonly url: string;
  readonly appId: string;
  readonly secret: string;
}

type Driver<Source> = (access: AuthorityAccess, clock: Clock) => Source;

const signed = ({ driver, url, appId, secret }: AuthorityAccess, clock: Clock): SignedJsonOptions => ({
  url,
  appId,
  secret,
  algorithm: driver === 'signed-json-sm3' ? 'hmac-sm3' : 'hmac-sha256',
  clock,
});

export const identitySources: Readonly<Record<string, Driver<IdentitySource>>> = {
  'signed-json': (access, clock) => createPublicSecurity(signed(access, clock)),
  'signed-json-sm3': (access, clock) => createPublicSecurity(signed(access, clock)),
  tencent: ({ url, appId, secret }, clock) => createTencentIdentity({ url, secretId: appId, secretKey: secret, clock }),
};

export const bankCardSources: Readonly<Record<string, Driver<BankCardSource>>> = {
  'signed-json': (access, clock) => createSignedJsonBankCard(signed(access, clock)),
  'signed-json-sm3': (access, clock) => createSignedJsonBankCard(signed(access, clock)),
  tencent: ({ url, appId, secret }, clock) => createTencentBankCard({ url, secretId: appId, secretKey: secret, clock }),
};

export const nationalPlatforms: Readonly<Record<string, Driver<NationalPlatform>>> = {
  'signed-json': (access, clock) => createNationalPlatform(signed(access, clock)),
  'signed-json-sm3': (access, clock) => createNationalPlatform(signed(access, clock)),
};

export const upstreams: Readonly<Record<string, (access: AuthorityAccess, deps: { clock: Clock; preset: UpstreamPreset }) => Upstream>> = {
  oidc: (access, deps) => createOidcUpstream({ ...access, ...deps }),
};

/** How to reach an SMS vendor; what a vendor does not use is ignored. */
export interface SmsAccess {
  readonly gateway: string;
  readonly url: string | undefined;
  readonly account: string | undefined;
  readonly secret: string | undefined;
  readonly signature: string | undefined;
  readonly appId: string | undefined;
  readonly region: string;
  readonly templates: Readonly<Record<string, { readonly id: string; readonly params: readonly string[] }>>;
}

type Logged = (event: 'sms.sent' | 'mail.sent', fields: Readonly<Record<string, string>>) => void;

export const smsGateways: Readonly<Record<string, (access: SmsAccess, deps: { log: Logged; clock: Clock }) => SmsGateway>> = {
  log: (_, { log }) => createSmsLog({ log }),
  chuanglan: ({ url = 'https://smssh1.253.com', account = '', secret = '', signature = '' }) =>
    createChuanglan({ url, account, password: secret, signature }),
  aliyun: ({ url = 'https://dysmsapi.aliyuncs.com', account = '', secret = '', signature = '', templates }, { clock }) =>
    createAliyun({
      url,
      accessKeyId: account,
      accessKeySecret: secret,
      signName: signature,
      clock,
      algorithm: 'ACS3-HMAC-SHA256',
      templates: Object.fromEntries(Object.entries(templates).map(([name, { id }]) => [name, id])),
    }),
  tencent: (
    { url = 'https://sms.tencentcloudapi.com', account = '', secret = '', signature = '', appId = '', region, templates },
    { clock },
  ) => createTencentSms({ url, region, secretId: account, secretKey: secret, sdkAppId: appId, signName: signature, templates, clock }),
};

/** How to reach a mail gateway; what a gateway does not use is ignored. */
export interface MailAccess {
  readonly gateway: string;
  readonly from: string | undefined;
  readonly url: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** Whom e-mail is from, and whether it may only travel encrypted. */
interface MailDeps {
  readonly log: Logged;
  readonly senderName: string;
  readonly requireTls: boolean;
}

export const mailGateways: Readonly<Record<string, (access: MailAccess, deps: MailDeps) => MailGateway>> = {
  log: (_, { log }) => createMailLog({ log }),
  smtp: ({ url = '', user, password, from = '' }, { senderName, requireTls }) =>
    createSmtp({ url, user, password, from, senderName, requireTls }),
};
