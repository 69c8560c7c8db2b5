import type { Example } from './journey.ts';

/** Every page in every state: what the gallery shows and one test renders. One line per journey. */
export const examples: readonly Example[] = [];
