import { beginning } from '../src/domain/characters.ts';
import type Router from '@koa/router';
import type { ClientRecord } from '../src/domain/client.ts';
import type { DocumentType } from '../src/domain/person/document-number.ts';
import { maxAdvanceSeconds, type ApiDeps } from './api.ts';
import { behaviours } from './authorities/simulator.ts';
import { BadRequest, formBody } from './body.ts';
import type { Locale, SandboxContext, SandboxState } from './context.ts';
import type { SandboxMessage } from './outbox-gateway.ts';
import type { SandboxPages } from './page.ts';
import type { ScriptedPerson } from './people.ts';

export interface StartPageDeps extends Pick<ApiDeps, 'clock' | 'people' | 'messages' | 'authorities' | 'restore'> {
  readonly pages: SandboxPages;
  /** Of the seeded accounts. */
  readonly password: string;
  /** Demonstration services that are clients of this deployment. */
  readonly services: readonly { readonly client: ClientRecord; readonly href: string }[];
  /** The service to begin with; undefined where there is none. */
  readonly trial: string | undefined;
  /** It asks a seeded account for a bank card. */
  readonly climbs: boolean;
  /** There are codes that the phone can scan. */
  readonly phone: boolean;
  /** The city lets imported people activate their account. */
  readonly activation: boolean;
  /** The city takes these. */
  readonly documents: readonly DocumentType[];
}

const shownMessages = 8;

/** Of a folded group. */
const namedMembers = 4;

/** The page that makes a newcomer successful in a minute, and the forms on it. */
export function startPageRoutes(router: Router<SandboxState>, deps: StartPageDeps): void {
  const { pages, clock, authorities, people, restore } = deps;

  router.get('/sandbox', async (ctx) => {
    pages.render(ctx, 'start/start', await startModel(deps, ctx));
  });

  router.post(
    '/sandbox/controls/clock',
    fromPage(async (form) => {
      const seconds = Number(form.get('advanceSeconds'));
      if (!Number.isInteger(seconds) || seconds < 0 || seconds > maxAdvanceSeconds) {
        throw new BadRequest(400, 'invalid', `advanceSeconds must be 0 to ${maxAdvanceSeconds}`);
      }
      await clock.advance(seconds);
      return '/sandbox#controls';
    }),
  );

  router.post(
    '/sandbox/controls/authority',
    fromPage(async (form) => {
      const source = form.get('source') ?? '';
      const authority = Object.hasOwn(authorities, source) ? authorities[source] : undefined;
      const behaviour = behaviours.find((name) => name === form.get('behaviour'));
      if (!authority || !behaviour) throw new BadRequest(400, 'invalid', 'no such authority or behaviour');
      authority.setBehaviour(behaviour);
      return '/sandbox#controls';
    }),
  );

  router.post(
    '/sandbox/controls/person',
    fromPage(async (form) => {
      const person = people.scripted.find(({ id }) => id === form.get('id'));
      if (!person) throw new BadRequest(400, 'invalid', 'there is no such person');
      await restore(person);
      return `/sandbox?restored=${person.id}${form.get('at') === 'steps' ? '#again' : `#person-${person.id}`}`;
    }),
  );
}

/** A form of the start page: does what it says and leads to where that can be seen. */
function fromPage(handle: (form: URLSearchParams) => Promise<string>) {
  return async (ctx: SandboxContext): Promise<void> => {
    let seenAt: string;
    try {
      seenAt = await handle(await formBody(ctx));
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      ctx.status = error.status;
      ctx.body = error.message;
      return;
    }
    ctx.status = 303;
    ctx.redirect(seenAt);
  };
}

async function startModel(
  { pages, clock, people, messages, authorities, password, services, trial, climbs, activation, documents, phone }: StartPageDeps,
  ctx: SandboxContext,
) {
  const locale = pages.locale(ctx);
  const say = pages.words.in(locale);
  const filter = { text: beginning(String(ctx.query['q'] ?? ''), 60), scenario: String(ctx.query['scenario'] ?? '') };
  const newcomer = people.scripted.find(({ account }) => account);
  const restored = people.scripted.find(({ id }) => id === ctx.query['restored'])?.id;
  return {
    newcomer,
    password,
    activation,
    links: ['account', 'register', ...(phone ? ['phone'] : []), 'gallery', 'discovery'],
    card: climbs ? newcomer?.bankCards.find(({ outcome, kind }) => outcome === 'match' && kind === 'debit') : undefined,
    restored,
    trial: services.map(serviceModel(locale)).find(({ id }) => id === trial),
    services: services.map(serviceModel(locale)),
    groups: groupsOf(people.scripted, filter, restored).map(({ name, members, shown, open }) => ({
      name,
      label: say(`start.scenario.${name}`),
      names: members
        .slice(0, namedMembers)
        .map((person) => person.name)
        .join(say('start.names-between')),
      shown,
      open,
      people: members.map((person) => ({
        ...person,
        plays: person.plays[locale],
        bankCards: person.bankCards.map(({ number, plays }) => ({ number, plays: plays[locale] })),
        taken: documents.includes(person.document.type),
        words: searchWords(person),
        shown: matches(person, filter),
      })),
    })),
    shown: people.scripted.filter((person) => matches(person, filter)).length,
    filter,
    scenarios: [...new Set(people.scripted.map(({ scenario }) => scenario))].map((name) => ({
      name,
      label: say(`start.scenario.${name}`),
    })),
    messages: (await messages.list()).slice(0, shownMessages).map(messageModel),
    clock: { now: clock.now(), offset: offsetParts(clock.offsetSeconds()) },
    authorities: Object.entries(authorities).map(([source, authority]) => ({
      source,
      label: say(`start.authority.${source}`),
      behaviours: behaviours.map((name) => ({ name, label: say(`start.behaviour.${name}`), current: name === authority.behaviour() })),
    })),
  };
}

function serviceModel(locale: Locale) {
  return ({ client, href }: StartPageDeps['services'][number]) => ({
    id: client.client_id,
    name: (locale === 'en' ? client['client_name#en'] : undefined) ?? client.client_name,
    minimum: client.minimum_acr,
    asksConsent: !client.first_party,
    href,
  });
}

function messageModel({ to, text, code, sentAt }: SandboxMessage) {
  return { to, text, code, sentAt };
}

/** Everything a person can be found by, in lower case; the script on the page filters by the same. */
function searchWords({ id, name, mobile, document, plays, scenario, account }: ScriptedPerson): string {
  return [id, name, mobile, document.number, document.type, scenario, account?.username, plays['zh-CN'], plays.en].join(' ').toLowerCase();
}

/** What somebody looks for. */
interface Filter {
  readonly text: string;
  readonly scenario: string;
}

/** People by what they play, folded but where somebody is looked for, or was just set back. */
function groupsOf(people: readonly ScriptedPerson[], filter: Filter, restored: string | undefined) {
  const looking = filter.text !== '' || filter.scenario !== '';
  return [...Map.groupBy(people, ({ scenario }) => scenario)].map(([name, members]) => {
    const shown = members.filter((person) => matches(person, filter)).length;
    return { name, members, shown, open: (looking && shown > 0) || members.some(({ id }) => id === restored) };
  });
}

function matches(person: ScriptedPerson, { text, scenario }: Filter): boolean {
  return (scenario === '' || person.scenario === scenario) && searchWords(person).includes(text.trim().toLowerCase());
}

function offsetParts(seconds: number): { days: number; hours: number; minutes: number } {
  return { days: Math.floor(seconds / 86_400), hours: Math.floor((seconds % 86_400) / 3600), minutes: Math.floor((seconds % 3600) / 60) };
}
