import { join } from 'node:path';
import { compileFile } from 'pug';
import { createAsk } from '../../interactions/help/answers.ts';
import type { Example } from '../../interactions/journey.ts';
import type { Profile } from '../../src/domain/policy.ts';
import type { AppContext } from '../../src/http/app-context.ts';
import { loadAssets } from '../../src/http/assets.ts';
import type { CaptchaModel, Channel, Locale } from '../../src/http/page-model.ts';
import { createPages } from '../../src/http/page.ts';
import { loadWords, speakerOf } from '../../src/http/words.ts';
import { root } from './product.ts';

const folder = join(root, 'interactions');

export interface Look {
  readonly locale: Locale;
  readonly channel: Channel;
}

const captcha: CaptchaModel = {
  id: 'EXAMPLE',
  image: '/captcha/EXAMPLE.svg',
  refresh: '?captcha=another',
  length: 4,
  digits: true,
  puzzle: { seed: 'EXAMPLE', bits: 12 },
  answer: '',
  proof: '',
};

/** Renders the examples of pages as the product does, without one: for what must hold in every city. */
export function pagesOf(profile: Profile): (example: Example, look: Look) => string {
  const words = loadWords(folder, speakerOf(profile));
  const pages = createPages({
    words,
    brand: profile.brand,
    ask: createAsk(words, profile),
    assets: loadAssets(join(folder, 'layout/assets')),
    tokens: { issue: () => '0..EXAMPLE' },
    sandbox: false,
  });
  return ({ view, model, service, user }, { locale, channel }) => {
    const state = { locale, channel, elder: false, nonce: 'nonce', requestId: 'EXAMPLE', seed: 'EXAMPLE' };
    const ctx = { state, method: 'GET', url: '/here', path: '/here', query: {} } as unknown as AppContext;
    const page = pages.model(ctx, { service: service?.(locale), user });
    const say = (key: string, params?: Parameters<typeof words.text>[2]) => words.text(locale, key, params);
    return templateOf(view)({ page, model: model({ locale, words, say, profile, captcha }) });
  };
}

const templates = new Map<string, ReturnType<typeof compileFile>>();

function templateOf(view: string): ReturnType<typeof compileFile> {
  const known = templates.get(view) ?? compileFile(join(folder, `${view}.pug`));
  templates.set(view, known);
  return known;
}
