const ours = '^(src|interactions|adapters|migrations|sandbox|bench|test)/';

/** Files under `from` may import our own files only under `to`. */
const layer = (name, from, to) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: ours, pathNot: to },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    layer('domain-stands-alone', '^src/domain/', '^src/domain/'),
    layer('http-knows-domain', '^src/http/', '^src/(domain|http)/'),
    layer('oidc-knows-http', '^src/oidc/', '^src/(domain|http|oidc)/'),
    layer('config-knows-domain', '^src/config/', '^src/(domain|config)/'),
    layer('pages-know-src', '^interactions/', '^(interactions|src/(domain|http|oidc))/'),
    layer('adapters-implement-ports', '^adapters/', '^(adapters|src/domain)/'),
    layer('migrations-know-nothing', '^migrations/', '^$'),
    layer('sandbox-knows-domain', '^sandbox/', '^(sandbox|src/domain)/'),
    {
      name: 'nothing-points-up-at-the-process',
      severity: 'error',
      from: { path: ours, pathNot: '^(src/process/|test/|bench/)' },
      to: { path: '^src/process/' },
    },
    {
      name: 'journeys-are-islands',
      severity: 'error',
      from: { path: '^interactions/([^/]+)/' },
      to: { path: '^interactions/[^/]+/', pathNot: '^interactions/($1|layout)/' },
    },
    {
      name: 'adapters-are-islands',
      severity: 'error',
      from: { path: '^adapters/([^/]+)/' },
      to: { path: '^adapters/[^/]+/', pathNot: '^adapters/$1/' },
    },
    {
      name: 'only-the-process-wires',
      severity: 'error',
      from: { path: ours, pathNot: '^(src/process/|adapters/|sandbox/|test/|bench/)' },
      to: { path: '^(adapters|sandbox)/' },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
