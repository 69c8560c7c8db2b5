import type { AppContext, Next } from './app-context.ts';
import { mayEndAtService } from './endpoints.ts';

/**
 * Security headers of every response (docs/adr/0012). `form-action` is left out on pages whose form ends
 * at a relying party: Chromium applies it to the redirect as well.
 */
export function securityHeaders({ https }: { https: boolean }) {
  const constant = constantHeaders(https);
  return async (ctx: AppContext, next: Next): Promise<void> => {
    const anywhere = mayEndAtService(ctx.path);
    ctx.set(constant);
    if (inPopups.test(ctx.path)) ctx.set('Cross-Origin-Opener-Policy', 'unsafe-none');
    ctx.set('Content-Security-Policy', contentSecurityPolicy(ctx.state.nonce, anywhere));
    await next();
  };
}

/**
 * Where somebody comes by who signs in or out in a window that a service opened, the switches and helps of those pages
 * included. `same-origin` on any of them, a redirect even, would cut the window off for good from the page that waits for
 * its answer.
 */
const inPopups = /^\/(auth|interaction|session|preferences|captcha|help)(\/|$)/;

/** What is the same for every response; documents for machines need nothing else. */
export function constantHeaders(https: boolean): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    // Nobody else learns an address of ours, and our own forms can tell where they come from: `no-referrer` makes `Origin: null` of it.
    'Referrer-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'Cross-Origin-Opener-Policy': 'same-origin',
    ...(https ? { 'Strict-Transport-Security': 'max-age=63072000; includeSubDomains' } : {}),
  };
}

function contentSecurityPolicy(nonce: string, formsAnywhere: boolean): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...(formsAnywhere ? [] : ["form-action 'self'"]),
  ].join('; ');
}
