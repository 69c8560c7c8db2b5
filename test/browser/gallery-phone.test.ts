import { elderFaults } from '../support/elder.ts';
import { looksAtEveryPage, unclean } from '../support/gallery.ts';

looksAtEveryPage(
  '[UXP-01 UXP-02 UXP-03] %s in every state fits a phone in English and is clean, and has letters of 24 px and targets of 60 px in elder mode',
  { profile: 'demo', width: 360, lang: 'en', elder: false },
  async (window) => [...(await unclean(window)), ...(await elderFaults(window.page))],
);
