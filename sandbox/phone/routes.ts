import type Router from '@koa/router';
import { ownClientId, type ClientRecord } from '../../src/domain/client.ts';
import { BadRequest, formBody, jsonBody } from '../body.ts';
import type { Locale, SandboxContext, SandboxState } from '../context.ts';
import { ajv, json, valid } from '../json.ts';
import type { SandboxPages } from '../page.ts';
import type { People } from '../people.ts';
import type { Handover, PhoneApp } from './app.ts';

/** A phone to try things with: for people a page that needs no script, for scripts the same as JSON. */
export interface PhoneDeps {
  readonly pages: SandboxPages;
  /** In the language of whoever holds it; undefined: the deployment has no app. */
  readonly phone: ((locale: Locale) => PhoneApp) | undefined;
  readonly people: Pick<People, 'scripted'>;
  readonly clients: readonly ClientRecord[];
  /** Of the scripted people. */
  readonly password: string;
  readonly tickets: () => Promise<readonly ShownTicket[]>;
}

/** A code that somebody's computer shows now. */
export interface ShownTicket {
  readonly ticket: string;
  /** What the code holds. */
  readonly url: string;
  readonly state: 'waiting' | 'scanned';
  readonly clientId: string;
  readonly browser: string | null;
  readonly place: string;
  readonly since: string;
  readonly expiresAt: string;
}

export function phoneRoutes(router: Router<SandboxState>, deps: PhoneDeps): void {
  scriptRoutes(router, deps);

  router.get('/sandbox/phone', async (ctx) => {
    const { ticket, told } = ctx.query;
    deps.pages.render(ctx, 'phone/phone', await pageModel(deps, ctx, { ticket, told }));
  });

  router.post('/sandbox/phone', async (ctx) => {
    const form = await formBody(ctx).catch((error: unknown) => {
      if (error instanceof BadRequest) return error;
      throw error;
    });
    if (form instanceof BadRequest) {
      ctx.status = form.status;
      ctx.body = form.message;
      return;
    }
    ctx.status = 303;
    ctx.redirect(await acted(deps, ctx, form));
  });
}

function scriptRoutes(router: Router<SandboxState>, deps: PhoneDeps): void {
  router.get('/sandbox/tickets.json', json(deps.tickets));

  router.post(
    '/sandbox/phone/scan',
    json(async (ctx) => {
      const { url, as, password = deps.password } = valid(scanRequest, await jsonBody(ctx));
      const { ticket, service, place, browser, numbers = [] } = await appOf(deps, ctx).scan(url, { as, password });
      return { ticket, service, place, browser, numbers };
    }),
  );

  router.post(
    '/sandbox/phone/confirm',
    json(async (ctx) => {
      const { ticket, as, number } = valid(confirmRequest, await jsonBody(ctx));
      return appOf(deps, ctx).confirm(ticket, as, number);
    }),
  );

  router.post(
    '/sandbox/phone/deny',
    json(async (ctx) => {
      const { ticket, as } = valid(denyRequest, await jsonBody(ctx));
      return appOf(deps, ctx).deny(ticket, as);
    }),
  );

  router.post(
    '/sandbox/phone/:action',
    json(async () => {
      throw new BadRequest(404, 'not-yet', 'the phone scans, confirms and denies; it does nothing else yet');
    }),
  );
}

const who = { type: 'string', minLength: 1, maxLength: 128 } as const;
const id = { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' } as const;
const number = { type: 'integer', minimum: 10, maximum: 99 } as const;

const scanRequest = ajv.compile<{ url: string; as: string; password?: string }>({
  type: 'object',
  additionalProperties: false,
  required: ['url', 'as'],
  properties: { url: { type: 'string', maxLength: 500 }, as: who, password: { type: 'string', minLength: 1, maxLength: 128 } },
});

const confirmRequest = ajv.compile<{ ticket: string; as: string; number: number }>({
  type: 'object',
  additionalProperties: false,
  required: ['ticket', 'as', 'number'],
  properties: { ticket: id, as: who, number },
});

const denyRequest = ajv.compile<{ ticket: string; as: string }>({
  type: 'object',
  additionalProperties: false,
  required: ['ticket', 'as'],
  properties: { ticket: id, as: who },
});

/** @throws BadRequest */
function appOf({ phone, pages }: PhoneDeps, ctx: SandboxContext): PhoneApp {
  if (!phone) throw new BadRequest(404, 'no-app', 'this deployment has no client citizen-app');
  return phone(pages.locale(ctx));
}

/** What the page says after an act; anything else is told by its code. */
const outcomes = ['confirmed', 'denied', 'handover.gone', 'handover.number', 'not-a-code', 'not-scanned'] as const;

/** Does what a button says. @returns where the phone shows what came of it */
async function acted(deps: PhoneDeps, ctx: SandboxContext, form: URLSearchParams): Promise<string> {
  const text = (name: string) => form.get(name)?.trim() ?? '';
  const as = text('as');
  try {
    const app = appOf(deps, ctx);
    if (text('act') === 'deny') return screenOf({ as, told: (await app.deny(text('ticket'), as)).state });
    if (text('act') !== 'confirm') {
      return screenOf({ as, ticket: (await app.scan(text('url'), { as, password: deps.password })).ticket });
    }
    if (text('number') === '') return screenOf({ as, ticket: text('ticket') });
    return screenOf({ as, told: (await app.confirm(text('ticket'), as, Number(text('number')))).state });
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    return screenOf({ as, told: error.error });
  }
}

function screenOf(query: Readonly<Record<string, string>>): string {
  return `/sandbox/phone?${new URLSearchParams(query).toString()}#phone`;
}

async function pageModel(deps: PhoneDeps, ctx: SandboxContext, { ticket, told }: { ticket: unknown; told: unknown }) {
  const locale = deps.pages.locale(ctx);
  const people = deps.people.scripted.flatMap(({ name, account }) => (account ? [{ name, ...account }] : []));
  const holder = people.find(({ username }) => username === ctx.query['as']) ?? people[0];
  const shown = (await deps.tickets()).filter(({ state }) => state === 'waiting');
  const scene = typeof ticket === 'string' && holder ? await sceneOf(deps, ctx, ticket, holder.username) : { told };
  return {
    hasApp: deps.phone !== undefined,
    people,
    holder,
    tickets: shown.map((each) => ({ ...each, service: serviceName(deps, each.clientId, locale), since: new Date(each.since) })),
    handover: 'handover' in scene ? scene.handover : undefined,
    told: 'told' in scene ? toldModel(deps, locale, scene.told) : undefined,
  };
}

/** What the app shows of a code that its holder has scanned. */
async function sceneOf(deps: PhoneDeps, ctx: SandboxContext, ticket: string, as: string) {
  if (!/^[\w-]{1,64}$/.test(ticket)) return { told: 'handover.gone' };
  try {
    const handover: Handover = await appOf(deps, ctx).look(ticket, as);
    if (handover.state !== 'scanned') return { told: handover.state === 'waiting' ? 'not-scanned' : handover.state };
    return { handover: { ...handover, since: new Date(handover.since) } };
  } catch (error) {
    if (error instanceof BadRequest) return { told: error.error };
    throw error;
  }
}

function toldModel({ pages }: PhoneDeps, locale: Locale, told: unknown) {
  if (typeof told !== 'string') return undefined;
  const known = outcomes.find((outcome) => outcome === told);
  const say = pages.words.in(locale);
  const code = /^[a-z][a-z._-]{0,60}$/.test(told) ? told : '';
  const text = known ? say(`phone.told.${known}`) : say('phone.told.other', { code });
  return { text, isGood: known === 'confirmed' };
}

/** Of whoever asks; undefined: the platform itself. */
function serviceName({ clients }: PhoneDeps, clientId: string, locale: Locale): string | undefined {
  if (clientId === ownClientId) return undefined;
  const client = clients.find(({ client_id: own }) => own === clientId);
  return (locale === 'en' ? client?.['client_name#en'] : undefined) ?? client?.client_name ?? clientId;
}
