/**
 * The addresses of the provider, once. Whatever goes by an address of the protocol – routes of the library, methods, CORS,
 * caching, headers, logs – reads it here. Names are those of the library's routes, which has one name for both discovery documents.
 */
export interface Endpoint {
  /** `:uid` stands for one segment. */
  readonly path: string;
  /** How it may be asked, as `Allow` says it. */
  readonly methods: readonly string[];
  /** `person`: a browser that somebody looks at; `program`: a service or a script, which no page and no redirect helps. */
  readonly askedBy: 'person' | 'program';
  /** Pages of other sites that may read the answer (CORS); absent: none. */
  readonly readBy?: 'any-page' | 'public-clients';
  /** The same bytes for everybody, so they are kept. */
  readonly kept?: true;
  /** A posted request becomes the same one by GET. */
  readonly postedAsGet?: true;
  /** Where a form is that is sent here: the answer may be a page, and a reload of it, or another language, leads there. */
  readonly formAt?: string;
}

const opened = ['GET', 'HEAD'];
const called = ['POST', 'OPTIONS'];
const looked = ['GET', 'HEAD', 'OPTIONS'];

const authorization = '/auth';
const endSession = '/session/end';
const token = '/token';

const table = {
  authorization: { path: authorization, methods: [...opened, 'POST'], askedBy: 'person', postedAsGet: true },
  resume: { path: `${authorization}/:uid`, methods: opened, askedBy: 'person' },
  end_session: { path: endSession, methods: [...opened, 'POST'], askedBy: 'person', postedAsGet: true },
  end_session_confirm: { path: `${endSession}/confirm`, methods: ['POST'], askedBy: 'person', formAt: endSession },
  end_session_success: { path: `${endSession}/success`, methods: opened, askedBy: 'person' },
  token: { path: token, methods: called, askedBy: 'program', readBy: 'public-clients' },
  introspection: { path: `${token}/introspection`, methods: called, askedBy: 'program' },
  revocation: { path: `${token}/revocation`, methods: called, askedBy: 'program', readBy: 'public-clients' },
  pushed_authorization_request: { path: '/request', methods: called, askedBy: 'program' },
  userinfo: { path: '/me', methods: ['GET', 'HEAD', ...called], askedBy: 'program', readBy: 'public-clients' },
  jwks: { path: '/jwks', methods: looked, askedBy: 'program', readBy: 'any-page', kept: true },
  openid_discovery: { path: '/.well-known/openid-configuration', methods: looked, askedBy: 'program', readBy: 'any-page', kept: true },
  discovery: { path: '/.well-known/oauth-authorization-server', methods: looked, askedBy: 'program', readBy: 'any-page' },
} as const satisfies Readonly<Record<string, Endpoint>>;

export type EndpointName = keyof typeof table;

export const endpoints: Readonly<Record<EndpointName, Endpoint>> = table;

const all: readonly Endpoint[] = Object.values(endpoints);
const byPath: ReadonlyMap<string, Endpoint> = new Map(all.map((endpoint) => [endpoint.path, endpoint]));

/** Whose address this is, to the letter: the library also takes capital letters and a slash at the end. */
export function endpointAt(path: string): Endpoint | undefined {
  return byPath.get(path) ?? (resumedAt(path) === undefined ? undefined : endpoints.resume);
}

/** Paths of the endpoints for which something holds. */
export function pathsOf(holds: (endpoint: Endpoint) => boolean): readonly string[] {
  return all.filter(holds).map(({ path }) => path);
}

const firstSegment = (path: string): string => path.split('/')[1] ?? '';
const segments: ReadonlySet<string> = new Set(all.map(({ path }) => firstSegment(path)));

/** Whether an address is the provider's to answer, if only to say that there is no such endpoint. */
export function isProtocolPath(path: string): boolean {
  return segments.has(firstSegment(path));
}

/** Where a sign-in goes on that was interrupted for pages of ours. */
export function resumePath(uid: string): string {
  return endpoints.resume.path.replace(':uid', uid);
}

/** The interaction that is resumed at this address. */
export function resumedAt(path: string): string | undefined {
  return uidBelow(authorization, path);
}

/** Pages of one interaction stand below its address; the library binds its cookie to it. */
export const interactionsPath = '/interaction';

export function interactionPath(uid: string): string {
  return `${interactionsPath}/${uid}`;
}

/** The interaction that a page is part of. */
export function interactionAt(path: string): string | undefined {
  const [, first, uid] = path.split('/');
  return `/${first}` === interactionsPath && uid ? uid : undefined;
}

function uidBelow(folder: string, path: string): string | undefined {
  const uid = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : '';
  return uid === '' || uid.includes('/') ? undefined : uid;
}

const personSegments: ReadonlySet<string> = new Set(
  [interactionsPath, ...pathsOf(({ askedBy }) => askedBy === 'person')].map((path) => firstSegment(path)),
);

/** Pages whose form may end at a service, by way of a redirect. */
export function mayEndAtService(path: string): boolean {
  return personSegments.has(firstSegment(path));
}
