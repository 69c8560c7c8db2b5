import { documentEnd } from '../../src/domain/assurance/document-end.ts';
import type { Evidence } from '../../src/domain/assurance/evidence.ts';
import type { AssuranceLevel } from '../../src/domain/assurance/ladder.ts';
import { assuranceLevel, compareAcr, countingKinds } from '../../src/domain/assurance/level.ts';
import type { Link } from '../../src/http/page-model.ts';
import { dayText } from '../../src/http/moment.ts';
import { latest, sayIn, type AccountScene } from './scene.ts';

/** The level held, since when, what it opens, and the ways to a higher one (RN-09, RN-10). */
export interface LevelModel {
  readonly label: string;
  readonly since: string | undefined;
  readonly opens: string;
  /** The document of the real name ends soon, or has ended (DIS-17). */
  readonly ends: { readonly text: string; readonly renew: Link | undefined } | undefined;
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
    since: since && dayText(locale, since),
    opens: held.opens[locale],
    ends: endsModel(scene, { evidence, now }, held),
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
    const tile = {
      name: rung.acr.toLowerCase(),
      label: say('account.coming-soon.label'),
      description: say('account.coming-soon.text'),
      state,
      href: undefined,
    };
    return { ...group, state, tiles: [tile] };
  }
  const isHeld = compareAcr(held.acr, rung.acr) >= 0;
  // Of a rung that is reached, a way that was not gone, or ended, leads no further.
  const offered = [...new Set(rung.anyOf.flat())].filter((kind) => profile.proofing.includes(kind) && (!isHeld || kinds.has(kind)));
  return {
    ...group,
    state: isHeld ? 'held' : 'open',
    tiles: offered.map((kind) => ({
      name: kind,
      label: say(`step-up.${kind}.name`),
      description: say(`step-up.${kind}.description`),
      state: kinds.has(kind) ? 'verified' : 'open',
      href: kinds.has(kind) ? undefined : `/login?acr=${rung.acr}`,
    })),
  };
}

function endsModel(scene: AccountScene, { evidence, now }: LevelFacts, held: AssuranceLevel): LevelModel['ends'] {
  const realName = evidence.find(({ kind }) => kind === 'real-name');
  const state = realName && documentEnd(realName, now);
  if (!state || !realName.expiresAt) return undefined;
  const say = sayIn(scene);
  const date = dayText(scene.locale, realName.expiresAt);
  if (state === 'ending') return { text: say('account.document-ending', { date }), renew: undefined };
  const rung = scene.profile.ladders.person.find(({ anyOf }) => anyOf.some((set) => set.includes('real-name')));
  // Another way still gives the level: nothing is asked until it is needed.
  if (!rung || compareAcr(held.acr, rung.acr) >= 0) return { text: say('account.document-ended-held', { date }), renew: undefined };
  return { text: say('account.document-ended', { date }), renew: { href: `/login?acr=${rung.acr}`, label: say('account.renew-document') } };
}
