import type { SessionSummary } from '../../src/domain/protocol-state.ts';
import { momentText } from '../../src/http/moment.ts';
import { amrOf } from '../../src/oidc/level.ts';
import { hashedId } from '../../src/oidc/state-adapter.ts';
import { latest, sayIn, type AccountScene } from './scene.ts';

/** Where somebody is signed in (PRV-07). */
export interface SessionModel {
  readonly current: boolean;
  /** `Chrome · Windows`. */
  readonly device: string;
  readonly signedInAt: string;
  readonly lastSeenAt: string;
  readonly methods: readonly string[];
  /** To the page that ends it; undefined for the present one, which is signed out of. */
  readonly endHref: string | undefined;
}

export const sessionsPath = '/account/sessions';

/** Names a session in an address; the session's own name stays inside. */
export function sessionHandle({ uid }: Pick<SessionSummary, 'uid'>): string {
  return hashedId(uid).slice(0, 16);
}

export function sessionModels(
  scene: Pick<AccountScene, 'locale' | 'words'>,
  sessions: readonly SessionSummary[],
  currentUid: string,
): readonly SessionModel[] {
  const models = sessions.map((session) => sessionModel(scene, session, currentUid));
  return models.toSorted((a, b) => Number(b.current) - Number(a.current));
}

export function sessionModel(scene: Pick<AccountScene, 'locale' | 'words'>, session: SessionSummary, currentUid: string): SessionModel {
  const { locale, words } = scene;
  const current = session.uid === currentUid;
  return {
    current,
    device: session.device ?? sayIn(scene)('account.sessions.unknown'),
    signedInAt: momentText(locale, latest(session.factors.map(({ at }) => at)) ?? session.createdAt),
    lastSeenAt: momentText(locale, session.lastSeenAt),
    methods: amrOf(session.factors)
      .filter((name) => !['mfa', 'user'].includes(name))
      .map((name) => words.text(locale, `account.amr.${name}`)),
    endHref: current ? undefined : `${sessionsPath}/${sessionHandle(session)}`,
  };
}
