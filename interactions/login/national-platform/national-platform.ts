import type { Upstream } from '../../../src/domain/upstream/upstream.ts';
import type { RedirectLogin } from '../../login-method.ts';

/** 国家政务服务平台 – whom the national platform knows signs in by it (LOG-11). */
export function nationalPlatformLogin(upstream: Upstream): RedirectLogin {
  return { name: 'national-platform', shape: 'redirect', upstream };
}
