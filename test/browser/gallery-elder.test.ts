import { looksAtEveryPage } from '../support/gallery.ts';

looksAtEveryPage('[UXP-02 UXP-03] %s is clean in elder mode on a phone', {
  profile: 'demo',
  width: 360,
  lang: 'zh-CN',
  elder: true,
  oneState: true,
});
looksAtEveryPage('[UXP-01 UXP-03] %s is clean in the colours of another city', {
  profile: 'beijing',
  width: 1440,
  lang: 'zh-CN',
  elder: false,
  oneState: true,
});
