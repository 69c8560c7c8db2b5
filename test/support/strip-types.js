import { stripTypeScriptTypes } from 'node:module';

/** Jest transform: erases types in place, so that positions in stack traces stay true. */
export default {
  process: (source) => ({ code: stripTypeScriptTypes(source, { mode: 'strip' }) }),
};
