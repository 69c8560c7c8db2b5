import { looksAtEveryPage } from '../support/gallery.ts';

/** Colours and words of the other cities, on the device that each of their manuals shows. */
looksAtEveryPage('[UXP-01 UXP-03] %s is clean in hubei', { profile: 'hubei', width: 1440, lang: 'zh-CN', elder: false, oneState: true });
looksAtEveryPage('[UXP-01 UXP-03] %s is clean in guangzhou', {
  profile: 'guangzhou',
  width: 1440,
  lang: 'zh-CN',
  elder: false,
  oneState: true,
});
looksAtEveryPage('[UXP-01 UXP-03] %s is clean in beijing-2019 on a phone', {
  profile: 'beijing-2019',
  width: 360,
  lang: 'zh-CN',
  elder: false,
  oneState: true,
});
