import type { Profile } from '../../src/domain/policy.ts';
import type { Locale } from '../../src/http/page-model.ts';
import type { Words } from '../../src/http/words.ts';

/** In which language and deployment pages of the account centre are shown. */
export interface AccountScene {
  readonly locale: Locale;
  readonly words: Words;
  readonly profile: Pick<
    Profile,
    'ladders' | 'proofing' | 'masking' | 'authenticators' | 'account' | 'username' | 'registration' | 'login' | 'upstreams'
  >;
}

export function sayIn({
  locale,
  words,
}: Pick<AccountScene, 'locale' | 'words'>): (key: string, params?: Readonly<Record<string, string | number>>) => string {
  return (key, params) => words.text(locale, key, params);
}

export function latest(moments: readonly Date[]): Date | undefined {
  return moments.toSorted((a, b) => b.getTime() - a.getTime())[0];
}
