import { afterAll, describe, expect, it } from '@jest/globals';
import { closeChromium } from '../support/chromium.ts';
import { galleryMinutes, lookAtEveryPage } from '../support/gallery.ts';

describe('every page in every state', () => {
  afterAll(closeChromium);

  it(
    '[UXP-01 UXP-03] fits a desk in Chinese, breaks no rule of axe and leaves no complaint in the console',
    async () => expect(await lookAtEveryPage({ profile: 'demo', width: 1440, lang: 'zh-CN', elder: false })).toEqual([]),
    galleryMinutes,
  );
});
