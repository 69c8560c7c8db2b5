import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Adapters } from '../../adapters/registry.ts';
import { purge } from '../../adapters/database/retention.ts';
import { adviceAfterNotice } from '../../interactions/help/answers.ts';
import type { Assembly } from './assembly.ts';
import { tellDocumentEnds } from '../domain/assurance/document-end.ts';
import { dispatch, type Deliveries } from '../domain/notification/dispatch.ts';
import { syncUser, type NationalPlatform } from '../domain/notification/national-platform.ts';
import type { MailGateway, SmsGateway } from '../domain/notification/outbox.ts';
import type { Locale } from '../http/page-model.ts';
import type { Log } from '../http/log.ts';
import type { Metrics } from '../http/metrics.ts';
import { advanceSigningKeys } from '../oidc/key-ring.ts';
import { deliverLogout } from '../oidc/logout-delivery.ts';

/** What runs besides requests, in every process; each job is safe to run in all of them at once. */
export interface BackgroundOptions {
  readonly assembly: Assembly;
  readonly gateways: { readonly sms: SmsGateway; readonly mail: MailGateway };
  /** Undefined: nobody is passed on. */
  readonly nationalPlatform: NationalPlatform | undefined;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface Background {
  /** Lets the round under way finish and starts no other. */
  stop(): Promise<void>;
}

interface Job {
  readonly name: string;
  readonly everyMs: number;
  /** True: there is more, go on at once. */
  readonly run: () => Promise<boolean>;
}

export function startBackground(options: BackgroundOptions): Background {
  const stopping = new AbortController();
  const loops = jobs(options).map((job) => loop(job, stopping.signal, options.log));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

async function loop(job: Job, signal: AbortSignal, log: Log): Promise<void> {
  while (!signal.aborted) {
    const more = await job.run().catch((error: unknown) => {
      log.error('job.failed', error, { job: job.name });
      return false;
    });
    if (more) continue;
    // Spread over the processes, so that they do not all ask at the same moment.
    await pause(job.everyMs * (0.75 + randomInt(500) / 1000), undefined, { signal }).catch(() => undefined);
  }
}

function jobs({ assembly, gateways, nationalPlatform, log, metrics }: BackgroundOptions): readonly Job[] {
  const { adapters, ring, clock } = assembly;
  const deliver: Deliveries = {
    ...deliveries(assembly, gateways),
    'national-platform': (payload, id) => syncUser({ ...adapters, clock, platform: nationalPlatform }, payload, id),
  };
  return [
    {
      name: 'outbox',
      everyMs: 250,
      run: async () => (await dispatch({ outbox: adapters.outbox, clock, deliver, random: Math.random, delivered: metrics.delivered })) > 0,
    },
    { name: 'audit-sealer', everyMs: 500, run: async () => (await adapters.audit.seal(500)) >= 500 },
    { name: 'audit-anchor', everyMs: 60_000, run: () => anchorAudit(adapters, clock.now(), log) },
    { name: 'key-version', everyMs: 2000, run: async () => (await ring.refresh(), false) },
    {
      name: 'key-rotation',
      everyMs: 30_000,
      run: async () => {
        await advanceSigningKeys({ store: adapters.signingKeys, unitOfWork: adapters.unitOfWork, clock });
        return false;
      },
    },
    { name: 'document-ends', everyMs: 2000, run: () => tellDocumentEnds({ ...adapters, clock }) },
    { name: 'retention', everyMs: 60_000, run: async () => (await purge(adapters.database.db, clock.now()), false) },
    // The sandbox moves its own clock on purpose.
    ...(assembly.environment.sandbox ? [] : [{ name: 'clock-skew', everyMs: 60_000, run: () => checkSkew(adapters, clock.now(), log) }]),
  ];
}

/** Into the log as well: whoever can turn back the database cannot turn back what was shipped from here. */
async function anchorAudit({ audit }: Adapters, now: Date, log: Log): Promise<boolean> {
  const anchor = await audit.anchor(now);
  if (anchor !== undefined) log.info('audit.anchored', { anchor });
  return false;
}

const greatestSkewMs = 5000;

/** Processes and database must agree on the time (docs/adr/0016). */
async function checkSkew({ database }: Adapters, now: Date, log: Log): Promise<boolean> {
  const skewMs = Math.abs((await database.ping()).getTime() - now.getTime());
  if (skewMs > greatestSkewMs) log.warn('clock.skew', { durationMs: skewMs });
  return false;
}

function deliveries(
  { adapters, words, profile, ring, environment, clock }: Assembly,
  { sms, mail }: BackgroundOptions['gateways'],
): Omit<Deliveries, 'national-platform'> {
  const { platform, hotline } = profile.brand;
  const help = new URL(adviceAfterNotice(profile), environment.issuer).href;
  const text = (template: string, locale: string, params: Readonly<Record<string, string>>) =>
    words.text(locale as Locale, `messages.${template}`, { ...params, platform: platform[locale as Locale], hotline, help });
  return {
    sms: (payload, id) =>
      sms.send({
        id,
        to: payload.to,
        template: payload.template,
        params: payload.params,
        text: text(payload.template, payload.locale, payload.params),
      }),
    email: (payload, id) =>
      mail.send({
        id,
        to: payload.to,
        template: payload.template,
        params: payload.params,
        subject: text(`${payload.template}.subject`, payload.locale, payload.params),
        text: text(payload.template, payload.locale, payload.params),
      }),
    'backchannel-logout': (payload) =>
      deliverLogout(
        { issuer: environment.issuer, provider: () => ring.current(), keys: adapters.signingKeys, clock, post: adapters.post },
        payload,
      ),
  };
}
