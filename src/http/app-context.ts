import type { ParameterizedContext } from 'koa';
import type { FormOwner } from './form-owner.ts';
import type { Channel, Locale } from './page-model.ts';

/** What middleware learns about a request before any page sees it. */
export interface AppState {
  /** On every page, in every log line, in every audit record. */
  requestId: string;
  /** Address of the browser after as many trusted proxy hops as the configuration says. */
  address: string;
  /** The browser came by another name than the issuer's. */
  foreignHost: boolean;
  /** `Host` as it came, before the issuer's was put in its place; anybody writes what they like there. */
  askedHost: string;
  /** Of the Content-Security-Policy. */
  nonce: string;
  /** Random value of this browser that anti-forgery tokens are bound to. */
  seed: string;
  locale: Locale;
  channel: Channel;
  elder: boolean;
  /** Who is signed in, where a page is theirs: forms are bound to it. */
  owner?: FormOwner;
  /** The form was sent for another language or mode, or another captcha, alone: it is shown again in it, with all that was typed. */
  switched?: { readonly locale: Locale | undefined };
  /** Address of the page that is the answer, where it is not that of the request (self.ts). */
  shownAt?: string;
}

export type AppContext = ParameterizedContext<AppState>;
export type Next = () => Promise<unknown>;
