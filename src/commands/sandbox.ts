import type { Adapters } from '../../adapters/registry.ts';
import { startAuthorities } from '../../sandbox/authorities/authorities.ts';
import { createOutboxGateways, type SandboxMessage, type SandboxMessages } from '../../sandbox/outbox-gateway.ts';
import Router from '@koa/router';
import { createAccounts } from '../../sandbox/accounts.ts';
import { apiRoutes } from '../../sandbox/api.ts';
import { clockOffset } from '../../sandbox/clock.ts';
import { advanceClock, followClock, readClock } from './clock.ts';
import type { SandboxState } from '../../sandbox/context.ts';
import { seed } from '../../sandbox/seed.ts';
import { createPeople } from '../../sandbox/people.ts';
import { systemClock } from '../domain/clock.ts';
import type { OpenSandbox } from './serve.ts';

/** Everything of the sandbox that the product is given in place of the outside world. */
export const openSandbox: OpenSandbox = async (_configuration, adapters) => {
  const people = createPeople(systemClock);
  const authorities = await startAuthorities({ clock: systemClock, people });
  const messages = sharedMessages(adapters);
  const closing = new AbortController();
  const access = ({ url, appId, secret }: { url: string; appId: string; secret: string }) => ({ driver: 'signed-json', url, appId, secret });
  return {
    authorities: { publicSecurity: access(authorities.publicSecurity), bankCard: access(authorities.bankCard) },
    gateways: createOutboxGateways({ clock: systemClock, messages }),
    async mount({ profile }) {
      await readClock(adapters.settings);
      followClock(adapters.settings, closing.signal);
      const accounts = {
        hasher: adapters.hasher,
        unitOfWork: adapters.unitOfWork,
        clock: systemClock,
        ladder: profile.ladders.person,
        agreementVersion: profile.brand.agreement.version,
      };
      await seed({ ...accounts, accounts: adapters.accounts, people, password: profile.sandbox.password });
      const router = new Router<SandboxState>();
      apiRoutes(router, {
        clock: { now: () => new Date(), offsetSeconds: clockOffset, advance: (seconds) => advanceClock(adapters.settings, seconds) },
        people,
        captchaAnswer: (id) => adapters.shortLived.captchas.read(id, systemClock.now()),
        messages,
        authorities: { 'public-security': authorities.publicSecurity, 'bank-card': authorities.bankCard },
        createAccounts: (request) => createAccounts(accounts, request),
      });
      return router.routes() as never;
    },
    async close() {
      closing.abort();
      await authorities.close();
    },
  };
};

const keptPerPerson = 100;
const keptInAll = 1000;

/** What was sent, shared by all processes and sealed, because it is personal even in a sandbox with real visitors. */
function sharedMessages({ shortLived: { recent }, vault }: Adapters): SandboxMessages {
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
    list: async (to) => (await recent.read(to === undefined ? 'messages' : listOf(to), keptPerPerson)).map(open),
  };
}
