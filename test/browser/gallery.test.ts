import { afterAll, describe, expect, it } from '@jest/globals';
import { closeChromium } from '../support/chromium.ts';
import { lookAtEveryPage, type Look } from '../support/gallery.ts';

const minutes = 60_000;

const looks: readonly Look[] = [
  { profile: 'demo', width: 1440, lang: 'zh-CN', elder: false },
  { profile: 'demo', width: 360, lang: 'en', elder: false },
];

describe('every page in every state', () => {
  afterAll(closeChromium);

  it.each(looks)(
    '[UXP-01 UXP-03] fits $width px in $lang, breaks no rule of axe and leaves no complaint in the console',
    async (look) => expect(await lookAtEveryPage(look)).toEqual([]),
    6 * minutes,
  );
});
