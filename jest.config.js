/** Suites that go through the running product: jest itself keeps products for them (test/support/shared-products.ts). */
const throughTheProduct = ['journeys', 'attacks', 'conformance', 'faults', 'browser'];

const suite = (name, testMatch, more = {}) => ({
  displayName: name,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  // Native ES modules; types are stripped by Node itself, so line numbers are exact.
  transform: { '\\.ts$': '<rootDir>/test/support/strip-types.js' },
  testMatch: [`<rootDir>/test/${testMatch}/*.test.ts`],
  ...more,
});

const products = {
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};

export default {
  projects: [
    suite('unit', '**', { testPathIgnorePatterns: [`/test/(contracts|${throughTheProduct.join('|')})/`] }),
    suite('contracts', 'contracts/**'),
    ...throughTheProduct.map((name) => suite(name, `${name}/**`, products)),
  ],
  reporters: ['default', '<rootDir>/test/support/progress.ts'],
  // A limit for what hangs, not for what is slow: a busy machine takes several times as long as a quiet one.
  testTimeout: 240_000,
  // Tests wait for much (a process, a clock, a page): of two workers on two cores a third is idle.
  maxWorkers: 3,
};
