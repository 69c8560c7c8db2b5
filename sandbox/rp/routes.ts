import type Router from '@koa/router';
import type { ClientRecord } from '../../src/domain/client.ts';
import type { SandboxState } from '../context.ts';
import type { DemonstrationService } from './services.ts';
import { home, offering } from './service-pages.ts';
import { backchannelLogout, beginSignIn, finishSignIn, refresh, signOut } from './sign-in.ts';
import { createSite, serviceBase, type ServiceDeps } from './site.ts';

/** One demonstration service: a relying party like any other, that shows what it was told. */
export function serviceRoutes(router: Router<SandboxState>, service: DemonstrationService, client: ClientRecord, deps: ServiceDeps): void {
  const site = createSite(service, client, deps);
  const base = serviceBase(service.name);
  router.get(base.slice(0, -1), home(site));
  router.get(`${base}login`, beginSignIn(site));
  router.get(`${base}callback`, finishSignIn(site));
  router.get(`${base}services/:offering`, offering(site));
  router.post(`${base}refresh`, refresh(site));
  router.post(`${base}logout`, signOut(site));
  router.post(`${base}backchannel-logout`, backchannelLogout(site));
}
