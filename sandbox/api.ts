import type Router from '@koa/router';
import { acrValues } from '../src/domain/assurance/ladder.ts';
import type { AccountsRequest, CreatedAccounts } from './accounts.ts';
import type { ReceivedUser } from './authorities/national-platform.ts';
import { behaviours, type Behaviour, type Simulator } from './authorities/simulator.ts';
import { BadRequest, jsonBody } from './body.ts';
import type { SandboxState } from './context.ts';
import type { CreatedImports, ImportsRequest } from './imports.ts';
import { ajv, json, valid } from './json.ts';
import type { SandboxMessages } from './outbox-gateway.ts';
import type { People, ScriptedPerson } from './people.ts';
import type { RegisteredPerson } from './registered-person.ts';

/** The product's clock and how far somebody has moved it. */
export interface MovableClock {
  now(): Date;
  offsetSeconds(): number;
  /** Moves every process of the product forward; all of them follow within the poll of their clocks. */
  advance(seconds: number): Promise<void>;
}

/** Simulated authorities by the name that `POST /sandbox/authorities/<source>` uses. */
export type AuthorityControls = Readonly<Record<string, Pick<Simulator, 'behaviour' | 'setBehaviour'>>>;

export interface ApiDeps {
  readonly clock: MovableClock;
  readonly people: Pick<People, 'scripted' | 'find'>;
  /** The answer of a captcha that is still unused. */
  readonly captchaAnswer: (id: string) => Promise<string | undefined>;
  readonly messages: Pick<SandboxMessages, 'list'>;
  readonly authorities: AuthorityControls;
  readonly nationalUsers: () => readonly ReceivedUser[];
  readonly createAccounts: (request: AccountsRequest) => Promise<CreatedAccounts>;
  readonly createImports: (request: ImportsRequest) => Promise<CreatedImports>;
  /** Sets somebody back to the beginning; answers how many accounts are gone. */
  readonly restore: (person: ScriptedPerson) => Promise<number>;
}

/** What scripts and tests drive the sandbox with: JSON in, JSON out, problems told in words. */
export function apiRoutes(router: Router<SandboxState>, deps: ApiDeps): void {
  const { clock, captchaAnswer, messages, authorities, createAccounts, createImports } = deps;

  peopleRoutes(router, deps);

  // Legal persons are not there yet: nobody could act for one.
  router.get(
    '/sandbox/organisations.json',
    json(async () => []),
  );

  router.get(
    '/sandbox/messages.json',
    json(async ({ query }) => messages.list(query['to'] === undefined ? undefined : String(query['to']))),
  );

  router.get(
    '/sandbox/captchas/:file',
    json(async (_, { file = '' }) => {
      const id = /^(.+)\.json$/.exec(file)?.[1];
      const answer = id === undefined ? undefined : await captchaAnswer(id);
      if (answer === undefined) throw new BadRequest(404, 'unknown', 'there is no such captcha, or it was used or has expired');
      return { answer };
    }),
  );

  router.post(
    '/sandbox/accounts',
    json(async (ctx) => createAccounts(valid(accountsRequest, await jsonBody(ctx)))),
  );

  router.post(
    '/sandbox/imports',
    json(async (ctx) => createImports(valid(importsRequest, await jsonBody(ctx)))),
  );

  router.post(
    '/sandbox/clock',
    json(async (ctx) => {
      const { advanceSeconds } = valid(clockRequest, await jsonBody(ctx));
      await clock.advance(advanceSeconds);
      return { now: clock.now().toISOString(), offsetSeconds: clock.offsetSeconds() };
    }),
  );

  router.post(
    '/sandbox/authorities/:source',
    json(async (ctx, { source = '' }) => {
      const authority = Object.hasOwn(authorities, source) ? authorities[source] : undefined;
      if (!authority) throw new BadRequest(404, 'unknown', `the authorities are ${Object.keys(authorities).join(', ')}`);
      const { behaviour } = valid(behaviourRequest, await jsonBody(ctx));
      authority.setBehaviour(behaviour);
      return { source, behaviour: authority.behaviour() };
    }),
  );

  router.get(
    '/sandbox/national-users.json',
    json(async () => deps.nationalUsers()),
  );
}

function peopleRoutes(router: Router<SandboxState>, { people, restore }: ApiDeps): void {
  router.get(
    '/sandbox/people.json',
    json(async ({ query }) => (query['document'] === undefined ? people.scripted : holders(people, String(query['document'])))),
  );

  router.post(
    '/sandbox/people/:id/reset',
    json(async (_, { id }) => {
      const person = people.scripted.find((candidate) => candidate.id === id);
      if (!person) throw new BadRequest(404, 'unknown', 'nobody in /sandbox/people.json has this id');
      return { id: person.id, accountsRemoved: await restore(person) };
    }),
  );
}

/** Whoever has a document with this number; of the generated people, who are too many to list, as well. */
function holders({ scripted, find }: ApiDeps['people'], number: string): readonly RegisteredPerson[] {
  const listed = scripted.filter(({ document }) => document.number === number);
  return listed.length > 0 ? listed : [find('resident-id-card', number)].filter((person) => person !== undefined);
}

const accountsRequest = ajv.compile<AccountsRequest>({
  type: 'object',
  additionalProperties: false,
  required: ['count', 'prefix', 'password', 'level'],
  properties: {
    count: { type: 'integer', minimum: 1, maximum: 100_000 },
    prefix: { type: 'string', minLength: 1, maxLength: 40 },
    password: { type: 'string', minLength: 1, maxLength: 128 },
    level: { enum: acrValues },
  },
});

const importsRequest = ajv.compile<ImportsRequest>({
  type: 'object',
  additionalProperties: false,
  required: ['count'],
  properties: {
    count: { type: 'integer', minimum: 1, maximum: 1000 },
    mobile: { type: ['string', 'null'], pattern: '^1[3-9][0-9]{9}$' },
  },
});

/** The longest move in one step, a leap year, in seconds. */
export const maxAdvanceSeconds = 366 * 86_400;

const clockRequest = ajv.compile<{ advanceSeconds: number }>({
  type: 'object',
  additionalProperties: false,
  required: ['advanceSeconds'],
  properties: { advanceSeconds: { type: 'integer', minimum: 0, maximum: maxAdvanceSeconds } },
});

const behaviourRequest = ajv.compile<{ behaviour: Behaviour }>({
  type: 'object',
  additionalProperties: false,
  required: ['behaviour'],
  properties: { behaviour: { enum: behaviours } },
});
