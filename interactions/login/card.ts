import type { IdentifierKind } from '../../src/domain/person/account.ts';
import type { Profile } from '../../src/domain/policy.ts';
import type { FormTokens } from '../../src/http/form-token.ts';
import type { ActModel, Channel, Link } from '../../src/http/page-model.ts';
import type { Words } from '../../src/http/words.ts';
import type { AppContext } from '../../src/http/app-context.ts';
import type { Pages } from '../../src/http/page.ts';
import { subjectsModel, type SubjectsModel } from '../layout/subjects.ts';
import type { LoginMethod } from '../login-method.ts';
import type { Visit } from '../visit.ts';

/** The card around every method: who waits, the ways to sign in as tabs, and the ways out. */
export interface CardModel {
  readonly subjects: SubjectsModel | undefined;
  readonly tabs: readonly { readonly name: string; readonly label: string; readonly href: string; readonly current: boolean }[];
  readonly identifierLabel: string;
  readonly identifierAsked: IdentifierAsked;
  readonly notice: string | undefined;
  /** Other sites that say who somebody is: leaving for one is an act. */
  readonly upstreams: readonly { readonly name: string; readonly label: string; readonly form: ActModel }[];
  /** What whoever signs in here binds, and where that is decided. */
  readonly binding: { readonly label: string; readonly href: string } | undefined;
  readonly registerHref: string;
  readonly help: readonly Link[];
  readonly reauthenticate: boolean;
  /** What the browser may offer beside another form: the form that carries it, and where its script asks what is to be signed. */
  readonly passkey: { readonly action: string; readonly token: string; readonly challenge: string } | undefined;
}

export interface CardDeps {
  readonly pages: Pages;
  readonly tokens: FormTokens;
  readonly profile: Pick<Profile, 'login' | 'identifiers' | 'h5Identifiers' | 'comingSubjects' | 'activation' | 'recovery'>;
}

export function cardModel(deps: CardDeps, method: LoginMethod, offered: readonly LoginMethod[], visit: CardVisit): CardModel {
  const { ctx, base } = visit;
  const { profile } = deps;
  const say = (key: string) => deps.pages.words.text(ctx.state.locale, key);
  return {
    subjects: subjectsModel(say, { to: 'sign-in', coming: profile.comingSubjects, href: `${base}/login` }),
    tabs: offered.filter(isTab).map(({ name }) => ({
      name,
      label: tabLabel(deps.pages.words, ctx, name),
      href: `${base}/login/${name}`,
      current: name === method.name,
    })),
    identifierLabel: identifiersOf(profile, ctx.state.channel)
      .map((kind) => say(`login.identifier.${kind}`))
      .join('/'),
    identifierAsked: identifierAsked(profile, ctx.state.channel),
    notice: undefined,
    upstreams: offered.filter((each) => !isTab(each)).map(({ name }) => upstreamModel(deps, visit, name)),
    binding: visit.pending === undefined ? undefined : { label: say(`login.${visit.pending}.name`), href: `${base}/bind` },
    registerHref: `${base}/register`,
    help: otherWays(profile, say, base),
    reauthenticate: visit.session !== undefined,
    passkey: conditionalForm(deps, offered, visit),
  };
}

/** At whose sign-in the card stands. */
type CardVisit = Visit & { readonly pending: string | undefined };

const isTab = ({ shape }: LoginMethod): boolean => shape !== 'redirect';

function upstreamModel({ pages, tokens }: CardDeps, { ctx, base }: Visit, name: string): CardModel['upstreams'][number] {
  const action = `${base}/login/${name}`;
  const label = pages.words.text(ctx.state.locale, `login.${name}.name`);
  return { name, label, form: { action, token: tokens.issue(ctx, action), problems: [] } };
}

/** On phones some ways to sign in are called otherwise (LOG-15). */
function tabLabel(words: Words, { state }: AppContext, name: string): string {
  const [key, onPhones] = [`login.${name}.name`, `login.${name}.name.h5`];
  return words.text(state.locale, state.channel === 'h5' && words.has(onPhones) ? onPhones : key);
}

/** What may be typed as a name: on phones some cities take less (LOG-03). */
export function identifiersOf(
  { identifiers, h5Identifiers }: Pick<Profile, 'identifiers' | 'h5Identifiers'>,
  channel: Channel,
): readonly IdentifierKind[] {
  return channel === 'h5' ? (h5Identifiers ?? identifiers) : identifiers;
}

/** What an empty field asks for; also the key of its words. */
export type IdentifierAsked = 'mobile' | 'identifier';

export function identifierAsked(profile: Pick<Profile, 'identifiers' | 'h5Identifiers'>, channel: Channel): IdentifierAsked {
  return identifiersOf(profile, channel).every((kind) => kind === 'mobile') ? 'mobile' : 'identifier';
}

/** Into an account whose password is forgotten, or that is not active yet. */
export function otherWays(
  { recovery, activation }: Pick<Profile, 'recovery' | 'activation'>,
  say: (key: string) => string,
  base: string,
): readonly Link[] {
  return [
    ...(recovery ? [{ href: `${base}/recover`, label: say('login.recover') }] : []),
    ...(activation ? [{ href: `${base}/activate`, label: say('login.activate') }] : []),
  ];
}

function conditionalForm({ tokens }: CardDeps, offered: readonly LoginMethod[], { ctx, base }: Visit): CardModel['passkey'] {
  const method = offered.find((each) => each.shape === 'challenge' && each.conditional);
  if (!method) return undefined;
  const action = `${base}/login/${method.name}`;
  return { action, token: tokens.issue(ctx, action), challenge: `${action}/challenge` };
}
