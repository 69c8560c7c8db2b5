import type { LevelFacts } from '../../src/domain/assurance/acr.ts';
import { authenticationMeets, waysTo } from '../../src/domain/assurance/acr.ts';
import type { AssuranceLevel } from '../../src/domain/assurance/ladder.ts';
import { assuranceLevel } from '../../src/domain/assurance/level.ts';
import type { ActModel, Locale } from '../../src/http/page-model.ts';
import type { Say } from '../../src/http/words.ts';
import type { ProofingMethod } from '../proofing-method.ts';

/** The level page: who asks, what is missing and every way to give it (AST-08). */
export interface LevelsModel {
  readonly service: { readonly name: string };
  readonly title: string;
  readonly why: string;
  /** Undefined: the identity is enough, and only this session is too weak. */
  readonly compare:
    | { readonly wanted: { readonly label: string; readonly opens: string }; readonly held: { readonly label: string } }
    | undefined;
  readonly missing: readonly MissingPart[];
  /** Declines. */
  readonly form: ActModel;
  readonly decline: { readonly label: string; readonly explain: string };
  readonly essential: boolean;
}

export interface MissingPart {
  readonly heading: string;
  readonly methods: readonly {
    readonly name: string;
    readonly label: string;
    readonly description: string;
    readonly href: string | undefined;
    /** `later`: another one must be proved first, see `first`. `settling`: it does not count for so much yet. */
    readonly state: 'open' | 'later' | 'settling';
    readonly first?: string | undefined;
  }[];
}

/** A way to prove more in this session. */
export interface StrongerWay {
  /** RFC 8176 value that it counts as now. */
  readonly amr: string;
  /** When it counts for what it is; undefined: now. */
  readonly until: string | undefined;
}

export interface LevelsFacts {
  /** Name of whoever asks. */
  readonly service: string;
  readonly target: AssuranceLevel;
  readonly facts: LevelFacts;
  /** Declining ends in an error. */
  readonly essential: boolean;
  /** Those this deployment offers. */
  readonly methods: readonly Pick<ProofingMethod, 'name' | 'needsPerson'>[];
  /** `/interaction/:uid/step-up`. */
  readonly base: string;
  readonly personKnown: boolean;
  readonly password: StrongerWay;
  /** Undefined: the account has none, or this deployment takes none. */
  readonly passkey: StrongerWay | undefined;
  /** Declines. */
  readonly form: ActModel;
}

export function levelsModel({ locale, say }: { locale: Locale; say: Say }, asked: LevelsFacts): LevelsModel {
  const { service, target, facts, essential, form } = asked;
  const missing = missingParts(target, facts, { ...asked, say });
  const needsEvidence = lacksEvidence(target, facts);
  return {
    service: { name: service },
    title: say(needsEvidence ? 'step-up.title' : 'step-up.title-yourself'),
    why: say(`step-up.${whyKey(missing, needsEvidence)}`, { service }),
    compare: needsEvidence
      ? {
          wanted: { label: target.label[locale], opens: target.opens[locale] },
          held: { label: assuranceLevel(facts.ladder, facts.evidence).label[locale] },
        }
      : undefined,
    missing,
    form,
    decline: {
      label: say('step-up.decline', { service }),
      explain: say(essential ? 'step-up.decline-essential' : 'step-up.decline-voluntary'),
    },
    essential,
  };
}

/** A way that needs nothing but the password makes every proofing superfluous. */
function lacksEvidence(target: AssuranceLevel, facts: LevelFacts): boolean {
  return waysTo(target, facts).every(({ evidence }) => evidence.length > 0);
}

function whyKey(missing: readonly MissingPart[], needsEvidence: boolean): 'why' | 'why-all' | 'why-yourself' | 'why-settling' {
  if (needsEvidence) return missing.length > 1 ? 'why-all' : 'why';
  return missing.some(({ methods }) => methods.some(({ state }) => state === 'open')) ? 'why-yourself' : 'why-settling';
}

interface MissingDeps extends Pick<LevelsFacts, 'methods' | 'base' | 'personKnown' | 'password' | 'passkey'> {
  readonly say: Say;
}

/**
 * Only the missing part, as steps in order: identity first where a method needs one, then the evidence,
 * and password or passkey when the session is too weak.
 */
export function missingParts(target: AssuranceLevel, facts: LevelFacts, deps: MissingDeps): readonly MissingPart[] {
  const ways = waysTo(target, facts);
  const parts: MissingPart[] = [];
  const kinds = [...new Set(ways.flatMap(({ evidence }) => evidence))];
  const wanted = deps.methods.filter(({ name }) => kinds.includes(name));
  if (lacksEvidence(target, facts)) {
    const first = wanted.every(({ needsPerson }) => needsPerson) && !deps.personKnown;
    if (first) {
      const identity = deps.methods.filter(({ needsPerson, name }) => !needsPerson && facts.methods.has(name));
      parts.push({ heading: deps.say('step-up.missing.identity'), methods: identity.map((method) => tile(method, deps)) });
    }
    parts.push({ heading: deps.say('step-up.missing.evidence'), methods: wanted.map((method) => tile(method, deps)) });
  }
  if (ways.every(({ authentication }) => authentication)) parts.push(authenticationPart(target, facts, deps));
  return parts;
}

function tile(
  { name, needsPerson }: MissingDeps['methods'][number],
  { base, personKnown, methods, say }: MissingDeps,
): MissingPart['methods'][number] {
  const available = !needsPerson || personKnown;
  const identity = methods.find((method) => !method.needsPerson);
  return {
    name,
    label: say(`step-up.${name}.name`),
    description: say(`step-up.${name}.description`),
    href: available ? `${base}/${name}` : undefined,
    state: available ? 'open' : 'later',
    first: available || !identity ? undefined : say('layout.tile.first', { method: say(`step-up.${identity.name}.name`) }),
  };
}

/** A password that was set by less than the level asks for is shown with the moment from which it counts. */
function authenticationPart(
  target: AssuranceLevel,
  { amr, here = amr }: LevelFacts,
  { base, password, passkey, say }: MissingDeps,
): MissingPart {
  const serves = (way: StrongerWay) => authenticationMeets(target, { amr: new Set([...amr, way.amr]), here: new Set([...here, way.amr]) });
  const tileOf = (name: 'password' | 'passkey', { until }: StrongerWay, open: boolean): MissingPart['methods'][number] => ({
    name,
    label: say(`step-up.${name}-name`),
    description: open || until === undefined ? say(`step-up.${name}-description`) : say('step-up.settling', { until }),
    href: open ? `${base}/${name}` : undefined,
    state: open ? 'open' : 'settling',
  });
  return {
    heading: say('step-up.missing.authentication'),
    methods: [tileOf('password', password, serves(password)), ...(passkey && serves(passkey) ? [tileOf('passkey', passkey, true)] : [])],
  };
}
