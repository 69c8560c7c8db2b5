import type { Adapters } from '../../adapters/registry.ts';
import { purge } from '../../adapters/database/retention.ts';
import { undoPath } from '../../interactions/account/undo/paths.ts';
import { adviceAfterNotice } from '../../interactions/help/answers.ts';
import type { Assembly } from './assembly.ts';
import { tellDocumentEnds } from '../domain/assurance/document-end.ts';
import { sealImportedHashes } from '../domain/authenticator/imported-hashes.ts';
import { dispatch, type Deliveries } from '../domain/notification/dispatch.ts';
import { syncUser, type NationalPlatform } from '../domain/notification/national-platform.ts';
import type { MailGateway, SmsGateway } from '../domain/notification/outbox.ts';
import type { Locale } from '../http/page-model.ts';
import type { Log } from '../http/log.ts';
import type { Metrics } from '../http/metrics.ts';
import { advanceSigningKeys, archiveSigningKeys } from '../oidc/key-ring.ts';
import { startLoops, type Job, type Loops } from './loops.ts';
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

export function startBackground(options: BackgroundOptions): Loops {
  const { assembly, log } = options;
  return startLoops(jobs(options), {
    clock: assembly.clock,
    random: Math.random,
    failed: (job, error) => log.error('job.failed', error, { job }),
  });
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
      everySeconds: 2,
      after: 'outbox.enqueue',
      run: async () => (await dispatch({ outbox: adapters.outbox, clock, deliver, random: Math.random, delivered: metrics.delivered })) > 0,
    },
    { name: 'audit-sealer', everySeconds: 2, after: 'audit.append', run: async () => (await adapters.audit.seal(500)) >= 500 },
    { name: 'key-version', everySeconds: 2, run: async () => (await ring.refresh(), false) },
    // The sandbox moves its own clock on purpose.
    ...(assembly.environment.sandbox ? [] : [{ name: 'clock-skew', everySeconds: 60, run: () => checkSkew(adapters, clock.now(), log) }]),
    { name: 'stopped-attempts', everySeconds: 60, lastly: true, run: async () => (await assembly.stoppedAttempts.tell(), false) },
    ...forAll(assembly, [
      { name: 'audit-anchor', everySeconds: 60, run: () => anchorAudit(adapters, clock.now(), log) },
      {
        name: 'key-rotation',
        everySeconds: 30,
        run: async () => {
          const keys = { store: adapters.signingKeys, unitOfWork: adapters.unitOfWork, clock };
          await advanceSigningKeys(keys);
          await archiveSigningKeys(keys);
          return false;
        },
      },
      { name: 'imported-hashes', everySeconds: 600, run: () => sealImportedHashes({ ...adapters, clock }) },
      { name: 'document-ends', everySeconds: 3600, run: () => tellDocumentEnds({ ...adapters, clock }) },
      {
        name: 'retention',
        everySeconds: 600,
        run: async () => (await purge({ db: adapters.database.db, audit: adapters.audit }, clock.now()), false),
      },
    ]),
  ];
}

/** Of all processes one does a round of these, when the last one is so long ago. */
function forAll({ adapters: { settings }, clock }: Assembly, turns: readonly Job[]): readonly Job[] {
  return turns.map((job) => {
    let more = false;
    return {
      ...job,
      async run() {
        if (!more && !(await settings.claimTurn(`job.${job.name}`, 0.75 * job.everySeconds, clock.now()))) return false;
        more = false;
        more = await job.run();
        return more;
      },
    };
  });
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
  const text = (template: string, locale: string, { undo, ...params }: Readonly<Record<string, string>>) => {
    const freeze =
      undo === undefined ? '' : words.text(locale as Locale, 'messages.freeze', { link: new URL(undoPath(undo), environment.issuer).href });
    return words.text(locale as Locale, `messages.${template}`, { ...params, platform: platform[locale as Locale], hotline, help, freeze });
  };
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
