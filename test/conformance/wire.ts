import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerMetadata } from 'openid-client';
import { fetchAlone } from '../support/connection.ts';
import type { Product } from '../support/product.ts';
import type { RelyingParty } from '../support/relying-party.ts';

/** Requests as they go over the wire, for what no client library would send. */

/** Pairs, where a name comes twice. */
export type Form = Readonly<Record<string, string>> | readonly (readonly [name: string, value: string])[];

export type Headers = Readonly<Record<string, string>>;

export function post(address: string | undefined, form: Form, headers: Headers = {}): Promise<Response> {
  return send(address, { method: 'POST', headers, body: encode(form) });
}

export function get(address: string | URL | undefined, headers: Headers = {}): Promise<Response> {
  return send(address, { headers });
}

/** Nothing is followed: where an answer leads is what the test wants to know. */
async function send(address: string | URL | undefined, request: RequestInit): Promise<Response> {
  if (address === undefined) throw new Error('the address is not in the discovery document');
  return fetchAlone(address, { ...request, redirect: 'manual' });
}

export function encode(form: Form): URLSearchParams {
  return new URLSearchParams((Array.isArray(form) ? form : Object.entries(form)) as [string, string][]);
}

/** Endpoints are found by discovery only. */
export async function metadataOf(client: RelyingParty): Promise<ServerMetadata> {
  return (await client.configuration()).serverMetadata();
}

/** The header of `client_secret_basic`. */
export function basic(product: Product, clientId: string): { readonly Authorization: string } {
  return { Authorization: `Basic ${Buffer.from(`${clientId}:${secretOf(product, clientId)}`).toString('base64')}` };
}

export function secretOf({ folder }: Product, clientId: string): string {
  const clients: readonly { client_id: string; client_secret?: string }[] = JSON.parse(readFileSync(join(folder, 'clients.json'), 'utf8'));
  const secret = clients.find(({ client_id: id }) => id === clientId)?.client_secret;
  if (secret === undefined) throw new Error(`${clientId} has no secret`);
  return secret;
}

export function bearer(token: string): { readonly Authorization: string } {
  return { Authorization: `Bearer ${token}` };
}
