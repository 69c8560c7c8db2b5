import { refusals, type RefusalCode } from '../domain/refused.ts';

/** The description of an API (OpenAPI 3.1), made of what its requests are checked with. */
export interface ApiDescription {
  /** Path in front of all operations. */
  readonly base: string;
  readonly title: string;
  readonly version: string;
  readonly description: string;
  /** Public base URL. */
  readonly issuer: string;
  /** Of answers, by name. */
  readonly schemas: Readonly<Record<string, JsonSchema>>;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface OperationDescription {
  readonly name: string;
  readonly method: 'get' | 'post';
  /** Below the base of the API, `{name}` stands for one segment. */
  readonly path: string;
  readonly summary: string;
  readonly parameters: Readonly<Record<string, JsonSchema>>;
  /** Of the body; absent: there is none, or an empty object. */
  readonly body?: JsonSchema;
  /** Name of the schema of what it answers. */
  readonly answer: string;
  readonly refusals: readonly RefusalCode[];
}

const problem: JsonSchema = {
  type: 'object',
  description: 'RFC 9457',
  required: ['type', 'title', 'status', 'code', 'instance'],
  additionalProperties: false,
  properties: {
    type: { type: 'string', description: '`urn:minxin:problem:` and the code' },
    title: { type: 'string', description: 'may be shown to the person, in the language of `Accept-Language`' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'what to go by' },
    instance: { type: 'string', description: 'names the request in our log' },
    max_age: { type: 'integer', description: 'with `insufficient_user_authentication`: how old the next sign-in may be, in seconds' },
  },
};

/** What every operation may answer besides its own refusals: the token, the body, and whatever is away. */
const always: Readonly<Record<number, string>> = {
  401: '`invalid_token`, `insufficient_user_authentication`; `WWW-Authenticate` says more',
  403: '`insufficient_scope`',
  429: '`handover.too-many`, with `Retry-After`',
  500: '`service.failed`',
  503: '`service.busy`, `service.unavailable`, with `Retry-After`',
};

export function openApi(api: ApiDescription, operations: readonly OperationDescription[]): object {
  const { title, version, description, issuer, base, schemas } = api;
  const paths = Map.groupBy(operations, ({ path }) => `${base}${path}`);
  return {
    openapi: '3.1.0',
    info: { title, version, description },
    servers: [{ url: issuer }],
    security: [{ signIn: ['openid'] }],
    paths: Object.fromEntries(
      [...paths].map(([path, own]) => [path, Object.fromEntries(own.map((each) => [each.method, described(each)]))]),
    ),
    components: {
      securitySchemes: { signIn: { type: 'openIdConnect', openIdConnectUrl: `${issuer}/.well-known/openid-configuration` } },
      schemas: { ...schemas, Problem: problem },
    },
  };
}

function described({ name, summary, parameters, body, answer, refusals: own }: OperationDescription): object {
  return {
    operationId: name,
    summary,
    parameters: Object.entries(parameters).map(([parameter, schema]) => ({ name: parameter, in: 'path', required: true, schema })),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: {
      200: { description: 'done', content: { 'application/json': { schema: { $ref: `#/components/schemas/${answer}` } } } },
      ...refusedAnswers(own),
    },
  };
}

function refusedAnswers(codes: readonly RefusalCode[]): object {
  const own = Map.groupBy(codes, (code): number => refusals[code]);
  const statuses = new Set([...own.keys(), ...Object.keys(always).map(Number)]);
  return Object.fromEntries(
    [...statuses].map((status) => [
      status,
      {
        description: [always[status], ...(own.get(status) ?? []).map((code) => `\`${code}\``)].filter(Boolean).join('; '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}
