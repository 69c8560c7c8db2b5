import { shownAnswer } from '../../domain/authenticator/captcha.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { forget } from '../../../adapters/database/forget.ts';
import type { AuthorityAccess } from '../../../adapters/drivers.ts';
import type { Adapters } from '../../../adapters/registry.ts';
import { startAuthorities } from '../../../sandbox/authorities/authorities.ts';
import type { MovableClock } from '../../../sandbox/api.ts';
import { clockOffset } from '../../../sandbox/clock.ts';
import { createOutboxGateways, type SandboxMessage, type SandboxMessages } from '../../../sandbox/outbox-gateway.ts';
import { createPeople } from '../../../sandbox/people.ts';
import type { ShownTicket } from '../../../sandbox/phone/routes.ts';
import { createSandbox } from '../../../sandbox/sandbox.ts';
import { systemClock } from '../../domain/clock.ts';
import { look } from '../../domain/handover/second-device.ts';
import { endsAt } from '../../domain/handover/ticket.ts';
import type { Outbox } from '../../domain/notification/outbox.ts';
import type { Assembly } from '../assembly.ts';
import { createShownCodes } from '../shown-codes.ts';
import { advanceClock, followClock, readClock } from './clock.ts';
import { createGallery } from './gallery.ts';
import type { OpenSandbox } from './serve.ts';

/** Everything of the sandbox that the product is given in place of the outside world. */
export const openSandbox: OpenSandbox = async ({ environment, clients }, adapters) => {
  const people = createPeople(systemClock);
  const authorities = await startAuthorities({ clock: systemClock, people, issuer: environment.issuer });
  const messages = sharedMessages(adapters);
  const closing = new AbortController();
  return {
    authorities: {
      publicSecurity: access(authorities.publicSecurity),
      bankCard: access(authorities.bankCard),
      nationalPlatform: access(authorities.nationalPlatform),
      nationalSignIn: access(authorities.nationalSignIn, 'oidc'),
    },
    gateways: createOutboxGateways({ clock: systemClock, messages }),
    async mount({ assembly, cookieKeys, caughtUp }) {
      await readClock(adapters.settings);
      followClock(adapters.settings, closing.signal);
      const sandbox = createSandbox({
        issuer: environment.issuer,
        forOthers: environment.sandboxForOthers,
        issuerOrigin: () => `http://127.0.0.1:${environment.port}`,
        profile: assembly.profile,
        clients,
        cookieKeys,
        clock: movableClock(adapters, caughtUp),
        people,
        authorities: {
          'public-security': authorities.publicSecurity,
          'bank-card': authorities.bankCard,
          'national-platform': authorities.nationalPlatform,
          'national-sign-in': authorities.nationalSignIn,
        },
        nationalUsers: authorities.nationalPlatform.users,
        messages,
        captchaAnswer: (id) => captchaAnswer(adapters, id),
        gallery: createGallery(assembly),
        accounts: adapters.accounts,
        persons: adapters.persons,
        forget: (whom) => forget(adapters.database.db, whom),
        hasher: adapters.hasher,
        unitOfWork: adapters.unitOfWork,
        state: adapters.shortLived.once,
        vault: adapters.vault,
        tickets: () => shownNow(adapters, assembly),
      });
      await sandbox.seed();
      const { routes } = sandbox;
      return (ctx, next) => routes(ctx as never, next as never);
    },
    async close() {
      closing.abort();
      await authorities.close();
    },
  };
};

async function captchaAnswer({ shortLived: { captchas } }: Adapters, id: string): Promise<string | undefined> {
  const stored = await captchas.read(id, systemClock.now());
  return stored && shownAnswer(stored);
}

/** Handovers that somebody waits for at this moment, newest first. */
async function shownNow({ shortLived: { recent }, vault }: Adapters, { app }: Assembly): Promise<readonly ShownTicket[]> {
  const ids = await createShownCodes({ recent, vault }).list();
  const found = await Promise.all(ids.map(async (id) => ({ id, ...(await look(app.secondDevice, id)) })));
  return found.flatMap(({ id, ticket, state }) => {
    if (!ticket || (state !== 'waiting' && state !== 'scanned')) return [];
    const { clientId, browser, place, since } = ticket.asker;
    const times = { since: new Date(since).toISOString(), expiresAt: new Date(endsAt(ticket)).toISOString() };
    return [{ ticket: id, url: `${app.issuer}/h/${id}`, state, clientId, browser: browser ?? null, place, ...times }];
  });
}

function access({ url, appId, secret }: Omit<AuthorityAccess, 'driver'>, driver = 'signed-json'): AuthorityAccess {
  return { driver, url, appId, secret };
}

function movableClock({ settings }: Adapters, caughtUp: () => Promise<void>): MovableClock {
  return {
    now: () => systemClock.now(),
    offsetSeconds: clockOffset,
    async advance(seconds) {
      await advanceClock(settings, seconds);
      if (seconds > 0) await caughtUp();
    },
  };
}

const keptPerPerson = 100;
const keptInAll = 1000;

/** What was sent, shared by all processes and sealed, because it is personal even in a sandbox with real visitors. */
function sharedMessages({ shortLived: { recent }, vault, outbox }: Adapters): SandboxMessages {
  const listOf = (to: string) => `messages:${vault.index('mobile', to).toString('base64url')}`;
  const open = (sealed: string): SandboxMessage => {
    const message = JSON.parse(vault.openFor('sandbox-message', Buffer.from(sealed, 'base64'))) as SandboxMessage;
    return { ...message, sentAt: new Date(message.sentAt) };
  };
  return {
    async put(message) {
      const sealed = vault.sealFor('sandbox-message', JSON.stringify(message)).toString('base64');
      await Promise.all([recent.push(listOf(message.to), sealed, keptPerPerson), recent.push('messages', sealed, keptInAll)]);
    },
    async list(to) {
      await deliveries(outbox);
      return (await recent.read(to === undefined ? 'messages' : listOf(to), keptPerPerson)).map(open);
    },
  };
}

const lookAgainMs = 20;
/** Somebody's delivery may have ended with its process; it is tried again when its lease is over. */
const deliveryLimitMs = 10_000;

/** Ends when all that was to be sent has been tried: whoever looks for a message that was caused before finds it. */
async function deliveries(outbox: Pick<Outbox, 'underWay'>): Promise<void> {
  const asked = systemClock.now();
  for (let waited = 0; waited < deliveryLimitMs && (await outbox.underWay(asked)) > 0; waited += lookAgainMs) await sleep(lookAgainMs);
}
