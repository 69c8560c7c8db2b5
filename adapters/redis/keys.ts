/**
 * Every key we keep in Redis. Braces are the hash tag of a cluster: keys that one script touches have
 * the same tag and so live on the same node.
 */
export const keys = {
  /** `name` is `<model>:<id>`. */
  stateRow: (name: string) => `mx:state:{${name}}`,
  stateConsumed: (name: string) => `mx:consumed:{${name}}`,
  stateUid: (model: string, uid: string) => `mx:uid:${model}:${uid}`,
  stateUserCode: (model: string, userCode: string) => `mx:user-code:${model}:${userCode}`,
  grantMembers: (grantId: string) => `mx:grant:${grantId}`,
  cachedRow: (name: string) => `mx:cache:${name}`,
  /** Leads from a uid to an id; the row itself says whether it fits. */
  cachedUid: (model: string, uid: string) => `mx:cache-uid:${model}:${uid}`,
  cachedOfAccount: (accountId: string) => `mx:cached:{${accountId}}`,
  /** There while sessions or grants of the account are being ended. */
  accountEnding: (accountId: string) => `mx:ending:{${accountId}}`,
  otp: (key: string) => `mx:otp:${key}`,
  captcha: (id: string) => `mx:captcha:${id}`,
  /** All windows share one tag, because one act checks several of them and takes all or none. */
  quota: (windowSeconds: number, key: string) => `mx:{quota}:${windowSeconds}:${key}`,
  draft: (id: string) => `mx:draft:${id}`,
  turn: (key: string) => `mx:turn:${key}`,
  claim: (key: string) => `mx:claim:${key}`,
  value: (key: string) => `mx:value:${key}`,
  recent: (list: string) => `mx:recent:${list}`,
  /** A channel. */
  announced: 'mx:announced',
} as const;
