import { looksAtEveryPage } from '../support/gallery.ts';

looksAtEveryPage('[UXP-01 UXP-03] %s in every state fits a desk in Chinese, breaks no rule of axe and leaves no complaint in the console', {
  profile: 'demo',
  width: 1440,
  lang: 'zh-CN',
  elder: false,
});
