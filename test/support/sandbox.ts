import { fetchAlone } from './connection.ts';
import type { Product } from './product.ts';

/** A message that the platform sent, as the sandbox caught it. */
export interface SandboxMessage {
  readonly id: string;
  readonly channel: 'sms' | 'email';
  readonly to: string;
  readonly template: string;
  readonly params: Readonly<Record<string, string>>;
  readonly text: string;
  readonly code?: string;
  readonly sentAt: string;
}

export type Behaviour = 'normal' | 'slow' | 'down' | 'late' | 'over-quota' | 'wrong-signature' | 'clock-off' | 'html' | 'huge' | 'redirect';

/** What the sandbox of a product lets one see and do (surface.md, Sandbox). */
export interface Sandbox {
  /** Newest first; with all that was caused before. */
  messagesTo(to: string): Promise<readonly SandboxMessage[]>;
  /** Until all that is to be sent by now has been tried: what has not come by then does not come. */
  sends(): Promise<void>;
  captchaAnswer(id: string): Promise<string>;
  /** Moves the product's clock forward; it never comes back. */
  waits(seconds: number): Promise<void>;
  /** How far the product's clock is ahead of ours, in seconds. */
  clockAhead(): Promise<number>;
  authority(source: string, behaviour: Behaviour): Promise<void>;
  /** Accounts `prefix1` … `prefixN` with evidence for the level. */
  accounts(wanted: { count: number; prefix: string; password: string; level: string }): Promise<CreatedAccounts>;
  /** Generated people who wait for their activation; `mobile`: the bound one, their own by default, null: none. */
  imports(wanted: { count: number; mobile?: string | null }): Promise<{ readonly first: { readonly documentNumber: string } }>;
  /** Sets a scripted person back to the beginning. */
  restores(id: string): Promise<void>;
  /** The scripted people, one entry of /sandbox/people.json each. */
  people<Person>(): Promise<readonly Person[]>;
}

export interface CreatedAccounts {
  readonly created: number;
  readonly first: { readonly username: string; readonly mobile: string; readonly documentNumber: string };
}

export function sandboxOf({ address }: Pick<Product, 'address'>): Sandbox {
  const ask = async <Answer>(path: string, body?: object): Promise<Answer> => {
    const answer = await fetchAlone(
      `${address}${path}`,
      body && {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      },
    );
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${text.slice(0, 500)}`);
    const said: Answer = JSON.parse(text);
    return said;
  };
  const moveClock = (advanceSeconds: number) => ask<{ offsetSeconds: number }>('/sandbox/clock', { advanceSeconds });
  return {
    messagesTo: (to) => ask(`/sandbox/messages.json?to=${encodeURIComponent(to)}`),
    async sends() {
      await ask('/sandbox/messages.json?to=nobody');
    },
    captchaAnswer: async (id) => (await ask<{ answer: string }>(`/sandbox/captchas/${encodeURIComponent(id)}.json`)).answer,
    async waits(seconds) {
      await moveClock(seconds);
    },
    clockAhead: async () => (await moveClock(0)).offsetSeconds,
    async authority(source, behaviour) {
      await ask(`/sandbox/authorities/${source}`, { behaviour });
    },
    accounts: (wanted) => ask('/sandbox/accounts', wanted),
    imports: (wanted) => ask('/sandbox/imports', wanted),
    async restores(id) {
      await ask(`/sandbox/people/${id}/reset`, {});
    },
    people: () => ask('/sandbox/people.json'),
  };
}

/**
 * The newest message with a code.
 *
 * @throws when there is none but the `known` one
 */
export async function nextCode(sandbox: Sandbox, to: string, known: string | undefined): Promise<{ id: string; code: string }> {
  const newest = (await sandbox.messagesTo(to)).find(({ code }) => code !== undefined);
  if (newest?.code === undefined || newest.id === known) throw new Error(`no code was sent to ${to}`);
  return { id: newest.id, code: newest.code };
}

/** Messages of a template, newest first. */
export async function messagesOf(sandbox: Sandbox, to: string, template: string): Promise<readonly SandboxMessage[]> {
  return (await sandbox.messagesTo(to)).filter((message) => message.template === template);
}

/**
 * The newest message of a template.
 *
 * @throws when there is none
 */
export async function messageOf(sandbox: Sandbox, to: string, template: string): Promise<SandboxMessage> {
  const [message] = await messagesOf(sandbox, to, template);
  if (!message) throw new Error(`no ${template} was sent to ${to}`);
  return message;
}

/** Where the link of a notice leads by which the owner freezes what happened. */
export function linkIn({ text }: Pick<SandboxMessage, 'text'>): string {
  const link = /\S+\/account\/undo\/[\w-]{22}/.exec(text)?.[0];
  if (link === undefined) throw new Error(`no link in: ${text}`);
  return new URL(link).pathname;
}
