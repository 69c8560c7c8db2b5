import { afterAll, describe, expect, it } from '@jest/globals';
import { closeChromium } from '../support/chromium.ts';
import { galleryMinutes, lookAtEveryPage } from '../support/gallery.ts';

describe('one state of every page', () => {
  afterAll(closeChromium);

  it.each([
    ['[UXP-02 UXP-03] is clean in elder mode on a phone', { profile: 'demo', width: 360, lang: 'zh-CN', elder: true }],
    ['[UXP-01 UXP-03] is clean in the colours of another city', { profile: 'beijing', width: 1440, lang: 'zh-CN', elder: false }],
  ] as const)('%s', async (_, look) => expect(await lookAtEveryPage({ ...look, oneState: true })).toEqual([]), galleryMinutes);
});
