import type { Evidence } from '../../src/domain/assurance/evidence.ts';
import type { AssuranceLevel } from '../../src/domain/assurance/ladder.ts';
import { assuranceLevel, compareAcr, countingKinds } from '../../src/domain/assurance/level.ts';
import { dateText, latest, sayIn, type AccountScene } from './scene.ts';

/** The level held, since when, what it opens, and the ways to a higher one (RN-09, RN-10). */
export interface LevelModel {
  readonly label: string;
  readonly since: string | undefined;
  readonly opens: string;
  readonly groups: readonly LevelGroup[];
}

interface LevelGroup {
  readonly label: string;
  readonly opens: string;
  readonly acr: string;
  readonly state: 'held' | 'open' | 'coming-soon';
  readonly tiles: readonly {
    readonly name: string;
    readonly label: string;
    readonly description: string;
    readonly state: 'verified' | 'open' | 'coming-soon';
    readonly href: string | undefined;
  }[];
}

export interface LevelFacts {
  readonly evidence: readonly Evidence[];
  readonly now: Date;
}

export function levelModel(scene: AccountScene, { evidence, now }: LevelFacts): LevelModel {
  const { locale, profile } = scene;
  const kinds = countingKinds(evidence, now);
  const ladder = profile.ladders.person;
  const held = assuranceLevel(ladder, kinds);
  const giving = new Set(held.anyOf.flat());
  const counting = evidence.filter(({ kind }) => kinds.has(kind) && giving.has(kind)).map(({ verifiedAt }) => verifiedAt);
  const since = latest(counting);
  return {
    label: held.label[locale],
    since: since && dateText(locale, since),
    opens: held.opens[locale],
    // The lowest rung asks for nothing and so has no tile.
    groups: ladder.slice(1).map((rung) => groupModel(scene, rung, held, kinds)),
  };
}

function groupModel(scene: AccountScene, rung: AssuranceLevel, held: AssuranceLevel, kinds: ReadonlySet<string>): LevelGroup {
  const { locale, profile } = scene;
  const say = sayIn(scene);
  const group = { label: rung.label[locale], opens: rung.opens[locale], acr: rung.acr };
  if (rung.comingSoon) {
    const state = 'coming-soon' as const;
    const tile = { name: rung.acr.toLowerCase(), label: say('account.coming-soon.label'), description: say('account.coming-soon.text'), state, href: undefined };
    return { ...group, state, tiles: [tile] };
  }
  const offered = [...new Set(rung.anyOf.flat())].filter((kind) => profile.proofing.includes(kind));
  return {
    ...group,
    state: compareAcr(held.acr, rung.acr) >= 0 ? 'held' : 'open',
    tiles: offered.map((kind) => ({
      name: kind,
      label: say(`step-up.${kind}.name`),
      description: say(`step-up.${kind}.description`),
      state: kinds.has(kind) ? 'verified' : 'open',
      href: kinds.has(kind) ? undefined : `/login?acr=${rung.acr}`,
    })),
  };
}
