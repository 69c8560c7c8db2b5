/** Native ES modules; types are stripped by Node itself, so line numbers are exact. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/strip-types.js' },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testTimeout: 60_000,
  // PGlite and the product run as child processes; two workers are as many as two cores carry.
  maxWorkers: 2,
};
