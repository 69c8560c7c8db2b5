import type { ParameterizedContext } from 'koa';

/** Languages of the pages; the first is the default. */
export const locales = ['zh-CN', 'en'] as const;
export type Locale = (typeof locales)[number];

/** What the product's own middleware has learnt about a request before the sandbox sees it. */
export interface SandboxState {
  /** Of the Content-Security-Policy; every script element carries it. */
  nonce: string;
  /** What the person prefers, as the product sees it. */
  locale: Locale;
  /** `Host` as it came. */
  askedHost: string;
}

export type SandboxContext = ParameterizedContext<SandboxState>;
