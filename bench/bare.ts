import { Provider, type Adapter, type AdapterPayload, type Configuration } from 'oidc-provider';

/**
 * The yardstick: the bare library in the memory of one process, with a plain Map for a store and a form
 * without a hash behind it. Nothing of ours is in its way.
 */
const [port = '4000', clients = '[]'] = process.argv.slice(2);
const issuer = `http://localhost:${port}`;

function mapAdapter(): (name: string) => Adapter {
  const rows = new Map<string, AdapterPayload>();
  const uids = new Map<string, string>();
  return (name) => ({
    async upsert(id, payload) {
      rows.set(`${name}:${id}`, payload);
      if (payload.uid) uids.set(payload.uid, id);
    },
    find: async (id) => rows.get(`${name}:${id}`),
    findByUid: async (uid) => rows.get(`${name}:${uids.get(uid) ?? ''}`),
    findByUserCode: async () => undefined,
    async consume(id) {
      const row = rows.get(`${name}:${id}`);
      if (row) row.consumed = Math.floor(Date.now() / 1000);
    },
    async destroy(id) {
      rows.delete(`${name}:${id}`);
    },
    revokeByGrantId: async () => undefined,
  });
}

const configuration: Configuration = {
  adapter: mapAdapter(),
  clients: JSON.parse(clients),
  findAccount: async (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    claimsParameter: { enabled: true },
  },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  rotateRefreshToken: true,
  cookies: { keys: ['bench'] },
  ttl: {
    Session: 43_200,
    Grant: 43_200,
    Interaction: 3600,
    AccessToken: 900,
    IdToken: 600,
    RefreshToken: 1_209_600,
    ClientCredentials: 600,
  },
  loadExistingGrant: async (ctx) => {
    const { account, client, provider, requestParamOIDCScopes } = ctx.oidc;
    if (!account || !client) return undefined;
    const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
    grant.addOIDCScope([...requestParamOIDCScopes].join(' '));
    await grant.save();
    return grant;
  },
};

const provider = new Provider(issuer, configuration);
provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) return next();
  if (ctx.method === 'GET') {
    ctx.type = 'html';
    ctx.body = `<form method="post" action="${ctx.path}"><input name="_form" value="x"><button id="login-submit"></button></form>`;
    return;
  }
  const { uid } = await provider.interactionDetails(ctx.req, ctx.res);
  ctx.respond = false;
  await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: `bench-${uid.slice(0, 4)}` }, consent: {} });
});
provider.listen(Number(port), () => process.stdout.write('ready\n'));
