import { highestByKnowledge, setsByKnowledge } from '../domain/assurance/evidence-proof.ts';
import { unmetPasswordRules } from '../domain/authenticator/password-policy.ts';
import type { Profile, RegistrationField, RegistrationIdentity } from '../domain/policy.ts';
import { didYouMean } from './problems.ts';
import { rule } from './rules.ts';
import type { Rule } from './rules.ts';
import type { Violation } from './schema.ts';

/** Names that only interactions/registry.ts knows; whoever starts the process passes them. */
export interface KnownMethods {
  readonly loginMethods: readonly string[];
  readonly proofingMethods: readonly string[];
  readonly questions: readonly string[];
}

/** How the parts of a profile must fit together. */
export function profileRules(known: KnownMethods | 'unchecked'): readonly Rule[] {
  return [
    ...(known === 'unchecked' ? [] : methodsAreKnown(known)),
    rule<Profile, 'ladders'>(['ladders'], lowestRung),
    rule<Profile, 'ladders'>(['ladders'], ascending),
    rule<Profile, 'ladders'>(['ladders'], nobodyRisesByData),
    rule<Profile, 'ladders' | 'proofing' | 'later'>(['ladders', 'proofing', 'later'], evidenceIsGiven),
    rule<Profile, 'ladders' | 'later'>(['ladders', 'later'], comingEvidenceComes),
    rule<Profile, 'identifiers' | 'username'>(['identifiers', 'username'], usernameIsRuled),
    rule<Profile, 'login' | 'authenticators'>(['login', 'authenticators'], passkeysCanBeAdded),
    rule<Profile, 'account'>(['account'], changesHaveAPlace),
    rule<Profile, 'registration'>(['registration'], formsAreComplete),
    rule<Profile, 'registration' | 'proofing'>(['registration', 'proofing'], identityCanBeProved),
    rule<Profile, 'registration'>(['registration'], ({ registration: { address } }) =>
      ordered(['registration', 'address', 'minLength'], address.minLength, 'maxLength', address.maxLength),
    ),
    rule<Profile, 'registration' | 'username'>(['registration', 'username'], generatedNamesFit),
    rule<Profile, 'recovery' | 'username'>(['recovery', 'username'], recoveryFindsAccounts),
    rule<Profile, 'username'>(['username'], ({ username }) =>
      username === null ? [] : ordered(['username', 'minLength'], username.minLength, 'maxLength', username.maxLength),
    ),
    rule<Profile, 'personName'>(['personName'], ({ personName: { minWidth, maxWidth } }) =>
      ordered(['personName', 'minWidth'], minWidth, 'maxWidth', maxWidth),
    ),
    rule<Profile, 'password'>(['password'], ({ password: { minLength, maxLength } }) =>
      ordered(['password', 'minLength'], minLength, 'maxLength', maxLength),
    ),
    rule<Profile, 'sms'>(['sms'], ({ sms: { perHour, perDay } }) => ordered(['sms', 'perHour'], perHour, 'perDay', perDay)),
    rule<Profile, 'sessions'>(['sessions'], ({ sessions: { idleSeconds, absoluteSeconds } }) =>
      ordered(['sessions', 'idleSeconds'], idleSeconds, 'absoluteSeconds', absoluteSeconds),
    ),
    rule<Profile, 'sandbox' | 'password'>(['sandbox', 'password'], sandboxPasswordFits),
  ];
}

function methodsAreKnown({ loginMethods, proofingMethods, questions }: KnownMethods): readonly Rule[] {
  return [
    rule<Profile, 'login'>(['login'], ({ login }) => [
      ...unknownNames(login.desktop, ['login', 'desktop'], loginMethods),
      ...unknownNames(login.h5, ['login', 'h5'], loginMethods),
    ]),
    rule<Profile, 'proofing'>(['proofing'], ({ proofing }) => unknownNames(proofing, ['proofing'], proofingMethods)),
    rule<Profile, 'help'>(['help'], ({ help }) => unknownNames(help.questions, ['help', 'questions'], questions)),
  ];
}

/** What people may change stands in a block, or is a tab of its own. */
function changesHaveAPlace({ account: { blocks, tabs, changes } }: Pick<Profile, 'account'>): readonly Violation[] {
  const places: readonly string[] = [...blocks.flatMap(({ rows }) => rows), ...tabs];
  return changes
    .filter((change) => !places.includes(change))
    .map((change) => ({
      at: ['account', 'blocks'],
      problem: `has no row for ${change}`,
      expected: 'a row, or a tab, for everything under "changes"',
    }));
}

function lowestRung({ ladders }: Pick<Profile, 'ladders'>): readonly Violation[] {
  const [lowest] = ladders.person;
  const heldByAll =
    lowest?.acr === 'L1' &&
    lowest.anyOf.some((set) => set.length === 0) &&
    lowest.minimumAuthentication === undefined &&
    lowest.knownDevice === undefined &&
    lowest.comingSoon !== true;
  if (heldByAll) return [];
  return [
    {
      at: ['ladders', 'person', '0'],
      problem: 'is not held by everybody with an account',
      expected: 'L1 with an empty set in anyOf, without minimumAuthentication, knownDevice and comingSoon',
    },
  ];
}

function ascending({ ladders }: Pick<Profile, 'ladders'>): readonly Violation[] {
  return ladders.person.flatMap(({ acr }, index) => {
    const below = ladders.person[index - 1]?.acr;
    if (below === undefined || below < acr) return [];
    return [
      { at: ['ladders', 'person', `${index}`, 'acr'], problem: `is ${acr} above ${below}`, expected: 'each level once, lowest first' },
    ];
  });
}

/** Whoever knows the data of somebody must not get what only that person may (docs/adr/0028). */
function nobodyRisesByData({ ladders }: Pick<Profile, 'ladders'>): readonly Violation[] {
  return ladders.person.flatMap((rung, index) =>
    setsByKnowledge(rung).map((set) => ({
      at: ['ladders', 'person', `${index}`, 'anyOf'],
      problem: `gives ${rung.acr} for ${set.join(' with ') || 'nothing'}, which whoever knows the data can give`,
      expected: `evidence of possession or presence in every set above ${highestByKnowledge}`,
    })),
  );
}

/** A rung that nothing leads to would be a promise; one that leads nowhere yet says so. */
function evidenceIsGiven({ ladders, proofing, later }: Pick<Profile, 'ladders' | 'proofing' | 'later'>): readonly Violation[] {
  return ladders.person.flatMap(({ anyOf, comingSoon }, index) =>
    [...new Set(comingSoon ? [] : anyOf.flat())]
      .filter((kind) => !proofing.includes(kind) && !later.includes(`proofing.${kind}`))
      .map((kind) => ({
        at: ['ladders', 'person', `${index}`, 'anyOf'],
        problem: `names ${kind}, which nothing gives`,
        expected: `evidence of "proofing"${didYouMean(kind, proofing)}, or "proofing.${kind}" under "later", or comingSoon`,
      })),
  );
}

/** What is shown as coming is a way to the level, and comes. */
function comingEvidenceComes({ ladders, later }: Pick<Profile, 'ladders' | 'later'>): readonly Violation[] {
  return ladders.person.flatMap(({ anyOf, soon = [] }, index) =>
    soon
      .filter((kind) => !anyOf.flat().includes(kind) || !later.includes(`proofing.${kind}`))
      .map((kind) => ({
        at: ['ladders', 'person', `${index}`, 'soon'],
        problem: `shows ${kind} as coming`,
        expected: `evidence of its "anyOf" that stands as "proofing.${kind}" under "later"`,
      })),
  );
}

function unknownNames(names: readonly string[], at: readonly string[], known: readonly string[]): readonly Violation[] {
  return names.flatMap((name, index) =>
    known.includes(name)
      ? []
      : [
          {
            at: [...at, `${index}`],
            problem: `is "${name}", which is not known${didYouMean(name, known)}`,
            expected: `one of ${known.join(', ')}`,
          },
        ],
  );
}

function usernameIsRuled({ identifiers, username }: Pick<Profile, 'identifiers' | 'username'>): readonly Violation[] {
  if (!identifiers.includes('username') || username !== null) return [];
  return [
    { at: ['identifiers'], problem: 'has username, but accounts have none', expected: 'a rule under "username", or no such identifier' },
  ];
}

/** A tab for what nobody can have would lead nowhere. */
function passkeysCanBeAdded({ login, authenticators }: Pick<Profile, 'login' | 'authenticators'>): readonly Violation[] {
  if (authenticators.passkey || ![...login.desktop, ...login.h5].includes('passkey')) return [];
  return [
    { at: ['login'], problem: 'lists passkey, but nobody can add one', expected: 'no such tab, or "authenticators" with passkey true' },
  ];
}

/** Entries that go with some identities alone. An e-mail that nobody proved is kept with what is asserted, and nowhere else. */
const only: Readonly<Partial<Record<RegistrationField, readonly RegistrationIdentity[]>>> = {
  name: ['asserted', 'in-form'],
  document: ['asserted', 'in-form'],
  details: ['in-form'],
  email: ['asserted'],
};

/** Every account is proven by a mobile and signed in to with a password; an identity takes its entries. */
function formsAreComplete({ registration: { fields, identity } }: Pick<Profile, 'registration'>): readonly Violation[] {
  const forIdentity: Readonly<Record<RegistrationIdentity, readonly RegistrationField[]>> = {
    none: [],
    asserted: ['name', 'document'],
    'in-form': ['name', 'document', 'details'],
    step: [],
    'skippable-step': [],
  };
  const needed: readonly RegistrationField[] = ['mobile', 'password', ...forIdentity[identity]];
  return (['desktop', 'h5'] as const).flatMap((channel) => {
    const at = ['registration', 'fields', channel];
    const missing = needed.filter((field) => !fields[channel].includes(field));
    const unused = fields[channel].filter((field) => only[field]?.includes(identity) === false);
    return [
      ...missing.map((field) => ({ at, problem: `has no ${field}`, expected: `it, for the identity ${identity}` })),
      ...unused.map((field) => ({ at, problem: `asks for ${field}`, expected: `no such entry with the identity ${identity}` })),
    ];
  });
}

const provenIdentities: ReadonlySet<RegistrationIdentity> = new Set(['in-form', 'step', 'skippable-step']);

function identityCanBeProved({ registration: { identity }, proofing }: Pick<Profile, 'registration' | 'proofing'>): readonly Violation[] {
  if (!provenIdentities.has(identity) || proofing.includes('real-name')) return [];
  return [
    {
      at: ['registration', 'identity'],
      problem: `is ${identity}, but "proofing" has no real-name`,
      expected: 'none or asserted, or that method',
    },
  ];
}

/** Somebody who never chose a name must be able to keep the one they were given. */
function generatedNamesFit({
  registration: { generatedUsername },
  username,
}: Pick<Profile, 'registration' | 'username'>): readonly Violation[] {
  if (generatedUsername === null || username !== null) return [];
  return [
    {
      at: ['registration', 'generatedUsername'],
      problem: 'makes user names, but accounts have none',
      expected: 'a rule under "username", or null',
    },
  ];
}

/** A recovery cannot begin with what nobody has. */
function recoveryFindsAccounts({ recovery, username }: Pick<Profile, 'recovery' | 'username'>): readonly Violation[] {
  return Object.entries(recovery ?? {}).flatMap(([channel, starts]) => {
    const at = ['recovery', channel];
    if (starts.includes('identity') && starts.length > 1)
      return [{ at, problem: 'has identity and more', expected: 'identity alone, or no such entry' }];
    if (starts.includes('username') && username === null)
      return [{ at, problem: 'has username, but accounts have none', expected: 'a rule under "username", or no such entry' }];
    return [];
  });
}

function ordered(at: readonly string[], less: number, name: string, more: number): readonly Violation[] {
  return less <= more ? [] : [{ at, problem: `is ${less}`, expected: `at most ${name}, which is ${more}` }];
}

function sandboxPasswordFits({ sandbox, password }: Pick<Profile, 'sandbox' | 'password'>): readonly Violation[] {
  const unmet = unmetPasswordRules(password, sandbox.password);
  if (unmet.length === 0) return [];
  return [
    { at: ['sandbox', 'password'], problem: `breaks the rule "password" (${unmet.join(', ')})`, expected: 'a password that fits it' },
  ];
}
