import { afterAll, describe, expect, it } from '@jest/globals';
import { closeChromium } from '../support/chromium.ts';
import { elderFaults } from '../support/elder.ts';
import { galleryMinutes, lookAtEveryPage, unclean } from '../support/gallery.ts';

describe('every page in every state', () => {
  afterAll(closeChromium);

  it(
    '[UXP-01 UXP-02 UXP-03] fits a phone in English and is clean, and has letters of 24 px and targets of 60 px in elder mode',
    async () => {
      const faults = await lookAtEveryPage({ profile: 'demo', width: 360, lang: 'en', elder: false }, async (window) => [
        ...(await unclean(window)),
        ...(await elderFaults(window.page)),
      ]);
      expect(faults).toEqual([]);
    },
    galleryMinutes,
  );
});
