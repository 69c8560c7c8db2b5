import { load } from 'cheerio';
import { describe, expect, it } from '@jest/globals';
import { examples } from '../../interactions/gallery.ts';
import { profileOf } from '../support/profiles.ts';
import { pagesOf } from '../support/rendered.ts';
import { word } from '../support/words.ts';

/** The card of the sign-in wants everything it shows, and the manuals show no stars there. */
const withoutStars = /^login\//;

describe('the forms of the gallery', () => {
  const page = pagesOf(profileOf('demo'));
  const legend = word('layout', 'required');

  it('mark every field that must be filled in with a star, and say what the star means', () => {
    const odd = examples
      .filter(({ view }) => !withoutStars.test(view))
      .flatMap((example) => {
        const $ = load(page(example, { locale: 'zh-CN', channel: 'desktop' }));
        return $('form.form')
          .toArray()
          .map((form) => {
            const fields = $(form).find('.field:has([aria-required="true"])').toArray();
            const starred = (field: (typeof fields)[number]) => $(field).find('.star').add($(field).parents('.field').find('legend .star')).length > 0;
            const plain = fields.filter((field) => !starred(field)).map((field) => $(field).find('label').first().text());
            const explained = $(form).text().includes(legend) || $(form).find('.star').length === 0;
            // Of one field alone nobody doubts whether it must be filled in.
            return { of: `${example.view} ${example.state}`, plain: fields.length > 1 ? plain : [], explained };
          })
          .filter(({ plain, explained }) => plain.length > 0 || !explained);
      });
    expect(odd).toEqual([]);
  });
});
