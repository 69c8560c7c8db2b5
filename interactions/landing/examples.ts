import type { Example } from '../journey.ts';
import { landingModel } from './landing.ts';

export const examples: readonly Example[] = [
  { view: 'landing/landing', state: 'production', model: () => landingModel(false) },
  { view: 'landing/landing', state: 'sandbox', model: () => landingModel(true) },
];
