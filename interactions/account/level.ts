import { documentEnd } from '../../src/domain/assurance/document-end.ts';
import type { Person } from '../../src/domain/person/account.ts';
import type { Evidence } from '../../src/domain/assurance/evidence.ts';
import type { AssuranceLevel } from '../../src/domain/assurance/ladder.ts';
import { assuranceLevel, compareAcr, countingKinds } from '../../src/domain/assurance/level.ts';
import type { Link, Locale } from '../../src/http/page-model.ts';
import { dayText } from '../../src/http/moment.ts';
import type { Say } from '../../src/http/words.ts';
import { latest, sayIn, type AccountScene } from './scene.ts';

/** The level held, since when, what it opens, and the ways to a higher one (RN-09, RN-10). */
export interface LevelModel {
  readonly label: string;
  readonly since: string | undefined;
  /** What the level opens and, where it adds to them, what those below do: nobody loses what a lower one opened. */
  readonly opens: readonly OpensModel[];
  /** The document of the real name ends soon, or has ended (DIS-17). */
  readonly ends: { readonly text: string; readonly renew: Link | undefined } | undefined;
  readonly groups: readonly LevelGroup[];
}

export interface OpensModel {
  readonly text: string;
  readonly inApp: string | undefined;
}

interface LevelGroup {
  readonly label: string;
  readonly opens: OpensModel;
  readonly acr: string;
  readonly state: 'held' | 'open' | 'coming-soon';
  readonly tiles: readonly LevelTile[];
  /** Where the level is given, or whom to ask, while nothing here leads to it. */
  readonly where: string | undefined;
}

interface LevelTile {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly state: 'verified' | 'open' | 'coming-soon';
  /** Opens the method itself. */
  readonly href: string | undefined;
  /** What comes before the method. */
  readonly first?: string | undefined;
}

export interface LevelFacts {
  readonly evidence: readonly Evidence[];
  readonly person: Person | undefined;
  readonly now: Date;
}

export function levelModel(scene: AccountScene, { evidence, person, now }: LevelFacts): LevelModel {
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
    opens: opening(ladder, held).map((rung) => opensModel(rung, locale)),
    ends: endsModel(scene, { evidence, now }, held),
    // The lowest rung asks for nothing and so has no tile.
    groups: ladder.slice(1).map((rung) => groupModel(scene, rung, { held, kinds, personKnown: person !== undefined })),
  };
}

/** The rungs whose texts say what is open at one of them, the lowest first. */
function opening(ladder: readonly AssuranceLevel[], held: AssuranceLevel): readonly AssuranceLevel[] {
  const upTo = ladder.slice(0, ladder.indexOf(held) + 1);
  const alone = upTo.findLastIndex(({ adds }) => !adds);
  return upTo.slice(Math.max(0, alone));
}

function opensModel({ opens, inApp }: AssuranceLevel, locale: Locale): OpensModel {
  return { text: opens[locale], inApp: inApp?.[locale] };
}

interface Held {
  readonly held: AssuranceLevel;
  readonly kinds: ReadonlySet<string>;
  readonly personKnown: boolean;
}

function groupModel(scene: AccountScene, rung: AssuranceLevel, { held, kinds, personKnown }: Held): LevelGroup {
  const { locale, profile } = scene;
  const say = sayIn(scene);
  const group = { label: rung.label[locale], opens: opensModel(rung, locale), acr: rung.acr, where: undefined };
  const elsewhere = rung.where?.[locale] ?? say('account.no-way-yet');
  if (rung.comingSoon) {
    const state = 'coming-soon' as const;
    const tile = {
      name: rung.acr.toLowerCase(),
      label: say('account.coming-soon.label'),
      description: say('account.coming-soon.text'),
      state,
      href: undefined,
    };
    return { ...group, state, tiles: [tile], where: elsewhere };
  }
  const isHeld = compareAcr(held.acr, rung.acr) >= 0;
  // Of a rung that is reached, a way that was not gone, or ended, leads no further.
  const offered = [...new Set(rung.anyOf.flat())].filter((kind) => profile.proofing.includes(kind) && (!isHeld || kinds.has(kind)));
  const tiles = offered.map((kind): LevelTile => ({
    name: kind,
    label: say(`step-up.${kind}.name`),
    description: say(`step-up.${kind}.description`),
    state: kinds.has(kind) ? 'verified' : 'open',
    href: kinds.has(kind) ? undefined : `/login?acr=${rung.acr}&method=${kind}`,
    first: kind === identityKind || personKnown ? undefined : say('layout.tile.first', { method: say(`step-up.${identityKind}.name`) }),
  }));
  const coming = isHeld ? [] : (rung.soon ?? []).map((kind) => soonTile(say, kind));
  const where = isHeld || offered.length > 0 ? undefined : elsewhere;
  return { ...group, state: isHeld ? 'held' : 'open', tiles: [...tiles, ...coming], where };
}

/** What all other evidence is about: who is not known by it yet proves it on the way. */
const identityKind = 'real-name';

function soonTile(say: Say, kind: string): LevelTile {
  return {
    name: kind,
    label: say(`account.soon.${kind}`),
    description: say(`account.soon.${kind}-text`),
    state: 'coming-soon',
    href: undefined,
  };
}

function endsModel(scene: AccountScene, { evidence, now }: Pick<LevelFacts, 'evidence' | 'now'>, held: AssuranceLevel): LevelModel['ends'] {
  const realName = evidence.find(({ kind }) => kind === 'real-name');
  const state = realName && documentEnd(realName, now);
  if (!state || !realName.expiresAt) return undefined;
  const say = sayIn(scene);
  const date = dayText(scene.locale, realName.expiresAt);
  if (state === 'ending') return { text: say('account.document-ending', { date }), renew: undefined };
  const rung = scene.profile.ladders.person.find(({ anyOf }) => anyOf.some((set) => set.includes('real-name')));
  // Another way still gives the level: nothing is asked until it is needed.
  if (!rung || compareAcr(held.acr, rung.acr) >= 0) return { text: say('account.document-ended-held', { date }), renew: undefined };
  return {
    text: say('account.document-ended', { date }),
    renew: { href: `/login?acr=${rung.acr}&method=real-name`, label: say('account.renew-document') },
  };
}
