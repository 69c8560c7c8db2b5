import {
  interactionPolicy,
  Provider,
  type Client,
  type Configuration,
  type errors,
  type Interaction,
  type KoaContextWithOIDC,
} from 'oidc-provider';

/**
 * All that leans on how oidc-provider is made, and not on what it documents: methods that are replaced, getters that are
 * shadowed, pages and errors that are known by their text. What for is decided by whoever calls. The version is pinned in
 * package.json; test/oidc/library.test.ts fails when another one is installed, and says which file of it to read again.
 */
export const writtenFor = '9.13.3';

/** What the product does in place of the library. */
export interface Replacements {
  /** The page that takes an answer to a service; the library's is bare and English. */
  readonly formPost: Parameters<Provider['registerResponseMode']>[1];
  /** @param kept - what the client record holds in place of the secret */
  readonly sameSecret: (kept: string, offered: string) => boolean;
  /** Audiences that an assertion of `private_key_jwt` may name; the library would take three. */
  readonly expectedAudiences: (client: Client, assertion: string) => Set<string>;
  /** An ID token shown again whose key has left the key set; undefined: not by such a key. */
  readonly hintByRetiredKey: (token: string, client: Client) => Promise<VerifiedHint | undefined>;
  /** A service is to hear that somebody leaves; called for each, right before the session is destroyed. */
  readonly leaves: (ctx: KoaContextWithOIDC, client: Client, session: LeftSession) => Promise<void>;
  /** Whether this request may have the answer of the interaction; where not, the library finds none and leaves it as it is. */
  readonly mayResume: (ctx: KoaContextWithOIDC, interaction: Interaction) => Promise<boolean>;
}

/** An ID token of ours, verified but for its age, as the library hands it on. */
export type VerifiedHint = Awaited<ReturnType<Provider['IdToken']['validate']>>;

export interface LeftSession {
  readonly accountId: string;
  readonly sid: string | undefined;
}

export function createLibraryProvider(issuer: string, setup: Configuration, replacements: Replacements): Provider {
  const { formPost, sameSecret, expectedAudiences, hintByRetiredKey, leaves, mayResume } = replacements;
  // Response modes are registered by the constructor, before a subclass has fields: the class itself closes over the page.
  class PagedProvider extends Provider {
    override registerResponseMode(name: string, handler: Parameters<Provider['registerResponseMode']>[1]): void {
      super.registerResponseMode(name, name === 'form_post' ? formPost : handler);
    }
  }
  const provider = new PagedProvider(issuer, setup);
  // What our front door says about protocol and host is the truth (src/http/request.ts).
  provider.proxy = true;

  const { prototype: client } = provider.Client as unknown as { prototype: Client & { backchannelLogout: unknown } };
  replaceMethod(
    client,
    'compareClientSecret',
    () =>
      function (this: Client, offered: string) {
        return sameSecret(this.clientSecret ?? '', offered);
      },
  );
  replaceMethod(
    client,
    'backchannelLogout',
    () =>
      async function (this: Client, accountId: string, sid: string | undefined) {
        const { ctx } = Provider;
        if (!ctx) throw new Error('a session ends within a request');
        await leaves(ctx, this, { accountId, sid });
      },
  );
  replaceMethod(
    provider.OIDCContext.prototype,
    'clientJwtAuthExpectedAudience',
    () =>
      function (this: KoaContextWithOIDC['oidc']) {
        const assertion = this.params?.['client_assertion'];
        if (!this.client || typeof assertion !== 'string')
          throw new Error('an audience is compared once there is an assertion of a client');
        return expectedAudiences(this.client, assertion);
      },
  );
  const { IdToken } = provider;
  replaceMethod(IdToken, 'validate', (validate) => async (token: string, service: Client) => {
    try {
      return await validate.call(IdToken, token, service);
    } catch (error) {
      const hint = await hintByRetiredKey(token, service);
      if (hint) return hint;
      throw error;
    }
  });
  keepUnknownSessions(provider);
  resumeForItsBrowser(provider, mayResume);
  return provider;
}

/** The library asks for nothing but the cookie of the way back, and compares it with itself. */
function resumeForItsBrowser({ Interaction: interactions }: Provider, mayResume: Replacements['mayResume']): void {
  replaceMethod(interactions, 'find', (find) => async (...asked: Parameters<typeof interactions.find>) => {
    const found = (await find.apply(interactions, asked)) as Interaction | undefined;
    const { ctx } = Provider;
    return found && ctx?.oidc.route === 'resume' && !(await mayResume(ctx, found)) ? undefined : found;
  });
}

/**
 * An identifier that nobody knows is no session, and stays what it is: the library would replace it in the browser
 * by that of an empty session, also where another tab has just been given the right one.
 */
function keepUnknownSessions({ Session }: Provider): void {
  replaceMethod(Session, 'get', (get) => async (ctx: Parameters<typeof Session.get>[0]) => {
    const session = await get.call(Session, ctx);
    if (!Object.hasOwn(session, 'exp') && !Object.hasOwn(session, 'new')) Object.defineProperty(session, 'new', { value: true });
    return session;
  });
}

/** @throws Error when the library has no such method any more: a patch that patches nothing is a hole */
function replaceMethod<Owner extends object, Name extends keyof Owner & string>(
  owner: Owner,
  name: Name,
  make: (original: Owner[Name]) => unknown,
): void {
  const original = owner[name];
  if (typeof original !== 'function') throw new Error(`oidc-provider has no ${name} that could be replaced`);
  Object.defineProperty(owner, name, { value: make(original), configurable: true, writable: true });
}

/** Tokens of this request carry these, whatever the session says (D3): the library reads both by getters of its context. */
export function setLevel({ oidc }: KoaContextWithOIDC, { acr, amr }: { readonly acr: string; readonly amr: readonly string[] }): void {
  for (const [name, value] of Object.entries({ acr, amr })) {
    if (!(name in oidc)) throw new Error(`oidc-provider reads no ${name} any more`);
    Object.defineProperty(oidc, name, { value, configurable: true });
  }
}

/**
 * Leaves scopes and claims out of the answer to this request, as if they had not been asked for; the token response names the
 * scope that was given. The library reads the scopes by a getter of its context, the claims as it parsed them, and keeps
 * these with the code and every token that comes of it.
 *
 * @param isWithheld - of the name of a scope or claim
 * @param mark - name of a claim that nobody has; with it `isMarked` knows those tokens
 */
export function withhold({ oidc }: KoaContextWithOIDC, isWithheld: (name: string) => boolean, mark: string): void {
  if (!('requestParamScopes' in oidc)) throw new Error('oidc-provider reads no requestParamScopes any more');
  const scopes = [...oidc.requestParamScopes].filter((scope) => !isWithheld(scope));
  Object.defineProperty(oidc, 'requestParamScopes', { value: new Set(scopes), configurable: true });
  for (const named of Object.values(oidc.claims)) {
    for (const claim of Object.keys(named ?? {})) if (isWithheld(claim)) delete (named as Record<string, unknown>)[claim];
  }
  oidc.claims.userinfo = { ...oidc.claims.userinfo, [mark]: null };
}

/** @param token - as the library hands it to `findAccount` */
export function isMarked(token: unknown, mark: string): boolean {
  const { claims } = (token ?? {}) as { readonly claims?: { readonly userinfo?: object | null } };
  return Object.hasOwn(claims?.userinfo ?? {}, mark);
}

/**
 * Checks of the library that are replaced by ours: levels (D3), hints about people, which would ask for ever (D1), and consent,
 * which services of the platform itself need none of, apps among them.
 */
const replacedChecks = {
  login: ['essential_acrs', 'essential_acr', 'id_token_hint', 'claims_id_token_sub_value'],
  consent: ['consent_prompt', 'native_client_prompt'],
} as const;

/** The library's policy without the checks that are replaced. */
export function policyToFill(): {
  readonly policy: interactionPolicy.DefaultPolicy;
  readonly login: interactionPolicy.Prompt;
  readonly consent: interactionPolicy.Prompt;
} {
  const policy = interactionPolicy.base();
  const promptOf = (name: keyof typeof replacedChecks): interactionPolicy.Prompt => {
    const prompt = policy.get(name);
    if (!prompt) throw new Error(`oidc-provider has no prompt ${name}`);
    for (const reason of replacedChecks[name]) {
      if (!prompt.checks.get(reason)) throw new Error(`oidc-provider has no check ${reason}`);
      prompt.checks.remove(reason);
    }
    return prompt;
  };
  return { policy, login: promptOf('login'), consent: promptOf('consent') };
}

/** Of the two pages that post themselves to the end of a session: the change to another account, and a sign-out of nobody. */
const selfSubmittingTitle = '<title>Submitting Callback</title>';

/** The secret that such a page carries; undefined for every other answer. */
export function secretOfSelfSubmittingPage({ body, oidc }: KoaContextWithOIDC): string | undefined {
  return typeof body === 'string' && body.includes(selfSubmittingTitle) ? secretOf(oidc.session) : undefined;
}

/** What the form must bring back that ends a session. */
export function secretOf(session: KoaContextWithOIDC['oidc']['session']): string | undefined {
  const secret = session?.state?.['secret'];
  return typeof secret === 'string' ? secret : undefined;
}

/** The library marks a session that it has destroyed, and leaves whose it was. */
export function isEnded(session: NonNullable<KoaContextWithOIDC['oidc']['session']>): boolean {
  return 'destroyed' in session && session.destroyed === true;
}

/** The library sets the parameters of a request that goes on when it has used its interaction up, and not before. */
export function hasUsedInteraction({ oidc }: KoaContextWithOIDC): boolean {
  return oidc.params !== undefined;
}

/** A code or a refresh token that was used before; the library says so in the detail of `invalid_grant` alone. */
export function saysUsedBefore(error: errors.OIDCProviderError): boolean {
  return /already (used|consumed)/.test(error.error_detail ?? '');
}
