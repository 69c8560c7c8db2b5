import type { FieldName } from '../../src/domain/form-fields.ts';
import type { Example, ExampleScene } from '../journey.ts';
import { interaction, nowhere, sampleAct, sampleForm, type SampleForm } from '../layout/samples.ts';
import { subjectsModel } from '../layout/subjects.ts';
import type { LoginModel } from './answered.ts';
import { otherWays, type CardModel } from './card.ts';

/** The login card around the examples of each method. */

export type CardState = Pick<Example, 'service'> & { readonly reauthenticate?: boolean };
export type LoginState = Partial<SampleForm> & CardState;

/** @param name - of the method */
export function sampleLogin(
  name: string,
  fields: readonly FieldName[],
  state: string,
  { service, reauthenticate = false, ...form }: LoginState,
): Example {
  return {
    view: `login/${name}/view`,
    state,
    ...(service ? { service } : {}),
    model: (scene): LoginModel => ({
      ...sampleCard(scene, name, { reauthenticate }),
      form: sampleForm(scene, { fields, ...form }),
    }),
  };
}

/** @param name - of the method that is shown in it */
export function sampleCard(scene: ExampleScene, name: string, { reauthenticate = false }: Pick<CardState, 'reauthenticate'>): CardModel {
  const { profile, say } = scene;
  return {
    tabs: tabs(scene, name),
    identifierLabel: profile.identifiers.map((kind) => say(`login.identifier.${kind}`)).join('/'),
    identifierAsked: 'identifier',
    notice: undefined,
    upstreams: profile.login.desktop
      .filter((each) => thirdParties.has(each))
      .map((each) => ({ name: each, label: say(`login.${each}.name`), form: sampleAct })),
    binding: undefined,
    subjects: subjectsModel(say, { to: 'sign-in', coming: profile.comingSubjects, href: nowhere }),
    registerHref: `${interaction}/register`,
    help: otherWays(profile, say, interaction),
    reauthenticate,
    passkey: profile.login.desktop.includes('passkey') || name === 'passkey' ? samplePasskey : undefined,
  };
}

/** Nothing is asked of the browser while somebody looks at a sample. */
const samplePasskey = { ...sampleAct, challenge: nowhere };

const thirdParties: ReadonlySet<string> = new Set(['national-platform']);

/** The ways of the city, and the one that is shown even where the city has not got it. */
function tabs({ profile, say }: ExampleScene, shown: string): LoginModel['tabs'] {
  return [...new Set([...profile.login.desktop, shown])]
    .filter((name) => !thirdParties.has(name))
    .map((name) => ({
      name,
      label: say(`login.${name}.name`),
      href: `${interaction}/login/${name}`,
      current: name === shown,
    }));
}
