import type { LevelFacts } from '../../src/domain/assurance/acr.ts';
import { waysTo } from '../../src/domain/assurance/acr.ts';
import type { AssuranceLevel, LocalText } from '../../src/domain/assurance/ladder.ts';
import { assuranceLevel } from '../../src/domain/assurance/level.ts';
import type { ProofingMethod } from '../proofing-method.ts';

/** The level page: who asks, what is missing and every way to give it (AST-08). */
export interface LevelsModel {
  readonly service: { readonly name: string };
  readonly wanted: { readonly label: string; readonly opens: string };
  readonly held: { readonly label: string };
  readonly why: string;
  readonly missing: readonly MissingPart[];
  readonly decline: { readonly action: string; readonly token: string; readonly label: string; readonly explain: string };
  readonly essential: boolean;
}

export interface MissingPart {
  readonly heading: string;
  readonly methods: readonly {
    readonly name: string;
    readonly label: string;
    readonly description: string;
    readonly href: string | undefined;
    readonly available: boolean;
    readonly state: string;
  }[];
}

export interface MissingDeps {
  readonly methods: readonly ProofingMethod[];
  readonly base: string;
  readonly personKnown: boolean;
  readonly say: (key: string, params?: Readonly<Record<string, string | number>>) => string;
}

/**
 * Only the missing part, as steps in order: identity first where a method needs one, then the evidence,
 * and the password when the session is too weak.
 */
export function missingParts(target: AssuranceLevel, facts: LevelFacts, deps: MissingDeps): readonly MissingPart[] {
  const ways = waysTo(target, facts);
  const parts: MissingPart[] = [];
  const kinds = [...new Set(ways.flatMap(({ evidence }) => evidence))];
  const wanted = deps.methods.filter(({ name }) => kinds.includes(name));
  // A way that needs nothing but the password makes every proofing superfluous.
  const evidenceDone = ways.some(({ evidence }) => evidence.length === 0);
  if (!evidenceDone) {
    const first = wanted.every(({ needsPerson }) => needsPerson) && !deps.personKnown;
    if (first) {
      const identity = deps.methods.filter(({ needsPerson, name }) => !needsPerson && facts.methods.has(name));
      parts.push({ heading: deps.say('step-up.missing.identity'), methods: identity.map((method) => tile(method, deps)) });
    }
    parts.push({ heading: deps.say('step-up.missing.evidence'), methods: wanted.map((method) => tile(method, deps)) });
  }
  if (ways.every(({ authentication }) => authentication)) parts.push(passwordPart(deps));
  return parts;
}

function tile({ name, needsPerson }: ProofingMethod, { base, personKnown, say }: MissingDeps): MissingPart['methods'][number] {
  const available = !needsPerson || personKnown;
  return {
    name,
    label: say(`step-up.${name}.name`),
    description: say(`step-up.${name}.description`),
    href: available ? `${base}/${name}` : undefined,
    available,
    state: available ? 'open' : 'later',
  };
}

function passwordPart({ base, say }: MissingDeps): MissingPart {
  return {
    heading: say('step-up.missing.authentication'),
    methods: [
      {
        name: 'password',
        label: say('step-up.password-name'),
        description: say('step-up.password-description'),
        href: `${base}/password`,
        available: true,
        state: 'open',
      },
    ],
  };
}

export function levelNames(
  ladder: readonly AssuranceLevel[],
  target: AssuranceLevel,
  facts: LevelFacts,
  local: (text: LocalText) => string,
): Pick<LevelsModel, 'wanted' | 'held'> {
  return {
    wanted: { label: local(target.label), opens: local(target.opens) },
    held: { label: local(assuranceLevel(ladder, facts.evidence).label) },
  };
}
