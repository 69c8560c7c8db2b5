import type { Example } from '../journey.ts';
import { sampleAct } from '../layout/samples.ts';
import { bindModel } from './bind.ts';

const state = { ...sampleAct, values: {} };
const scene = { pending: { provider: 'national-platform' }, held: false };

export const examples: readonly Example[] = [
  { view: 'bind/bind', state: 'new', model: ({ say }) => bindModel(say, scene, state) },
  { view: 'bind/bind', state: 'person-known-here', model: ({ say }) => bindModel(say, { ...scene, held: true }, state) },
];
