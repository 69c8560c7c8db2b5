import { confirm, deny, isFreshEnough, look, scan, type Holder, type SecondDeviceDeps } from '../domain/handover/second-device.ts';
import { endsAt, type HandoverState, type Ticket } from '../domain/handover/ticket.ts';
import { Refused } from '../domain/refused.ts';
import type { Api, Asked, Operation } from '../http/api.ts';
import { Challenge } from '../http/bearer.ts';
import type { JsonSchema, OperationDescription } from '../http/openapi.ts';
import type { Locale } from '../http/page-model.ts';
import { appCallerOf, type AppCallerDeps } from './app-caller.ts';
import { serviceOf } from './clients.ts';

/**
 * What the city's own app or mini-program does for the person who is signed in there (docs/app.md): the acts of the page
 * `/h/<ticket>`, by the same rules and with the same records.
 */
export interface AppApiDeps extends AppCallerDeps {
  readonly secondDevice: SecondDeviceDeps;
  readonly issuer: string;
}

export function appApi(deps: AppApiDeps): Api<Holder> {
  return {
    base: '/app',
    title: 'Minxin for the app of the city',
    version: '1',
    description: `A person who is signed in to the app finishes what another device of theirs began. Access tokens are those of the client \`citizen-app\`; errors are problem details (RFC 9457).`,
    issuer: deps.issuer,
    schemas: { Handover: handoverSchema },
    operations: operations(deps),
    callerOf: (ctx) => appCallerOf(deps, ctx),
  };
}

const text: JsonSchema = { type: 'string' };
const moment: JsonSchema = { type: 'string', format: 'date-time' };

const handoverSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['ticket', 'state', 'purpose', 'service', 'browser', 'place', 'since', 'expiresAt'],
  properties: {
    ticket: text,
    state: { enum: ['waiting', 'scanned', 'confirmed', 'denied'] },
    purpose: { enum: ['sign-in'] },
    service: { type: ['string', 'null'], description: 'who asks; null: the platform itself' },
    browser: { type: ['string', 'null'], description: 'what the other device runs, in words; null: unknown' },
    place: { ...text, description: 'where the other device is' },
    since: moment,
    expiresAt: { ...moment, description: 'when it changes by itself' },
    numbers: {
      type: 'array',
      minItems: 3,
      maxItems: 3,
      items: { type: 'integer' },
      description: 'once scanned: three to choose from, of which the other device shows one',
    },
  },
};

const number: JsonSchema = { type: 'integer', minimum: 10, maximum: 99, description: 'the one that the other device shows' };
const ticketId: JsonSchema = { type: 'string', description: 'what follows `/h/` in the address of the code' };

type Described = Omit<OperationDescription, 'parameters' | 'answer'>;

const descriptions = {
  look: {
    name: 'look',
    method: 'get',
    path: '/handovers/{ticket}',
    summary: 'Who asks, from where. Changes nothing.',
    refusals: ['handover.gone'],
  },
  scan: {
    name: 'scan',
    method: 'post',
    path: '/handovers/{ticket}/scan',
    summary: 'The person has scanned the code: from here on it is theirs alone, for three minutes. Doing it again is doing it once.',
    refusals: ['form.malformed', 'form.too-large', 'handover.gone'],
  },
  confirm: {
    name: 'confirm',
    method: 'post',
    path: '/handovers/{ticket}/confirm',
    summary: 'The person has picked a number and says yes. A wrong number ends it, and the person is told.',
    body: { type: 'object', additionalProperties: false, required: ['number'], properties: { number } },
    refusals: ['form.malformed', 'form.too-large', 'handover.gone', 'handover.number'],
  },
  deny: {
    name: 'deny',
    method: 'post',
    path: '/handovers/{ticket}/deny',
    summary: 'The person says no.',
    refusals: ['form.malformed', 'form.too-large', 'handover.gone'],
  },
} as const satisfies Readonly<Record<string, Described>>;

type Seen = { readonly ticket: Ticket; readonly state: HandoverState };

type Act = (id: string, holder: Holder, body: Asked<Holder>['body']) => Promise<Seen>;

function operations(deps: AppApiDeps): readonly Operation<Holder>[] {
  const { secondDevice } = deps;
  const acts: Readonly<Record<keyof typeof descriptions, Act>> = {
    look: (id, holder) => visible(deps, id, holder),
    scan: async (id, holder) => ({ ticket: await scan(secondDevice, id, holder), state: 'scanned' }),
    confirm: async (id, holder, body) => ({ ticket: await confirm(secondDevice, id, holder, Number(body['number'])), state: 'confirmed' }),
    deny: async (id, holder) => ({ ticket: await deny(secondDevice, id, holder), state: 'denied' }),
  };
  return (Object.keys(descriptions) as (keyof typeof descriptions)[]).map((name) => ({
    ...descriptions[name],
    parameters: { ticket: ticketId },
    answer: 'Handover',
    async run({ ctx, caller, params: { ticket: id = '' }, body }) {
      requireFresh(deps, await visible(deps, id, caller), caller);
      return model(deps, id, await acts[name](id, caller, body), ctx.state.locale);
    },
  }));
}

/** What this holder may see of it: what is over, or another's, is nobody's business. @throws Refused handover.gone */
async function visible({ secondDevice }: AppApiDeps, id: string, { accountId, sessionUid }: Holder): Promise<Seen> {
  const found = await look(secondDevice, id);
  const scanned = found?.ticket.scan;
  const isOthers = scanned !== undefined && (scanned.accountId !== accountId || scanned.sessionUid !== sessionUid);
  if (!found || found.state === 'expired' || isOthers) throw new Refused('handover.gone');
  return found;
}

/** @throws Challenge insufficient_user_authentication where the service wants a later sign-in than that of the app */
function requireFresh({ clock }: AppApiDeps, { ticket }: Seen, holder: Holder): void {
  if (isFreshEnough(ticket, holder)) return;
  const { signedInSince = 0 } = ticket;
  throw new Challenge('insufficient_user_authentication', Math.max(0, Math.floor((clock.now().getTime() - signedInSince) / 1000)));
}

async function model({ provider }: AppApiDeps, id: string, { ticket: found, state }: Seen, locale: Locale): Promise<object> {
  const { asker, purpose, choices } = found;
  const service = serviceOf(await provider().Client.find(asker.clientId), locale);
  return {
    ticket: id,
    // That the computer has come for it meanwhile is nothing to the phone.
    state: state === 'taken' ? 'confirmed' : state,
    purpose,
    service: service?.name ?? null,
    browser: asker.browser ?? null,
    place: asker.place,
    since: new Date(asker.since).toISOString(),
    expiresAt: new Date(endsAt(found)).toISOString(),
    ...(state === 'scanned' && { numbers: choices }),
  };
}
