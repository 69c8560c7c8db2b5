import { load } from 'cheerio';
import { describe, expect, it } from '@jest/globals';
import { examples } from '../../interactions/gallery.ts';
import { profileNames, profileOf } from '../support/profiles.ts';
import { pagesOf } from '../support/rendered.ts';

/** Holds what somebody typed, or may type. The search of the help centre stands in its address. */
const holding = 'form[method=post]:has(input:not([type=hidden]), select, textarea), form:has([name=email][type=hidden])';

describe.each(profileNames)('the switches of language and text size of %s', (name) => {
  const renders = pagesOf(profileOf(name));
  const looks = (['desktop', 'h5'] as const).map((channel) => ({ locale: 'zh-CN' as const, channel }));
  const pages = examples.flatMap((example) => looks.map((look) => ({ example, $: load(renders(example, look)) })));

  it('[UXP-01] are buttons of the form of the page, wherever it has one', () => {
    const left = pages.flatMap(({ example, $ }) => {
      const forms = $('main').find(holding).toArray();
      const ids = forms.map((form) => $(form).attr('id'));
      const owners = $('.switches button').toArray().map((button) => $(button).attr('form'));
      const isTaken = forms.length === 0 || (owners.length === 2 && owners.every((id) => id !== undefined && ids.includes(id)));
      const isThere = owners.every((id) => id === undefined || $(`form[id="${id}"]`).length === 1);
      return isTaken && isThere && forms.length <= 1 ? [] : [`${example.view} ${example.state}: ${ids.join(' ')}`];
    });
    expect(left).toEqual([]);
  });

  it('[UXP-01] are not what Enter presses in a field', () => {
    const pressed = pages.flatMap(({ example, $ }) => {
      const first = $('button[form=filled], #filled button[type=submit]').first();
      return first.closest('.switches, .captcha').length === 0 || $('#filled .input').length === 0 ? [] : [`${example.view} ${example.state}`];
    });
    expect(pressed).toEqual([]);
  });
});
