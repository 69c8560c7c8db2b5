import { afterAll, describe, expect, it } from '@jest/globals';
import { closeChromium } from '../support/chromium.ts';
import { tooSmall } from '../support/elder.ts';
import { lookAtEveryPage, unclean } from '../support/gallery.ts';

const minutes = 60_000;

describe('every page in every state', () => {
  afterAll(closeChromium);

  it('[UXP-02 UXP-03] has letters of 24 px and targets of 60 px in elder mode, on a phone too, and stays clean', async () => {
    const faults = await lookAtEveryPage({ profile: 'demo', width: 360, lang: 'zh-CN', elder: true }, async (window) => [
      ...(await unclean(window)),
      ...(await tooSmall(window.page)).map((small) => `${window.page.url()}: ${small}`),
    ]);
    expect(faults).toEqual([]);
  }, 6 * minutes);

  it('[UXP-01 UXP-03] is clean in the colours of another city', async () => {
    expect(await lookAtEveryPage({ profile: 'beijing', width: 1440, lang: 'zh-CN', elder: false, oneState: true })).toEqual([]);
  }, 6 * minutes);
});
