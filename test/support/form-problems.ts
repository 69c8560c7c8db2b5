import type { Page } from './browser.ts';

/**
 * What a page says is wrong with a form, by field, and that it says so as every page must (UXP-05): a summary at the
 * top leads to each field, which is marked as invalid and described by the same text beside it.
 *
 * @throws when the page says it in any other way
 */
export function problemsOf(page: Page): Record<string, string> {
  const { $ } = page;
  const problems: Record<string, string> = {};
  for (const element of $('[role=alert][data-error] li').toArray()) {
    const text = $(element).text().trim();
    const href = $(element).find('a').attr('href');
    if (href === undefined) {
      problems[''] = text;
      continue;
    }
    const target = $(`[id="${href.slice(1)}"]`);
    const field = target.is('fieldset') ? target.find('[name]').first() : target;
    const name = field.attr('name');
    if (name === undefined) throw new Error(`the summary leads to ${href}, where there is no field`);
    const described = (target.attr('aria-describedby') ?? '').split(' ');
    const beside = described.map((id) => $(`[id="${id}"]`)).find((element_) => element_.is('.problem'));
    if (beside?.text().trim() !== text) throw new Error(`${name} is not described by "${text}"`);
    if (!target.is('fieldset') && target.attr('aria-invalid') !== 'true') throw new Error(`${name} is not marked as invalid`);
    problems[name] = text;
  }
  const marked = $('[aria-invalid=true]')
    .toArray()
    .map((element) => $(element).attr('name') ?? '');
  for (const name of marked) if (!(name in problems)) throw new Error(`${name} is marked, and the summary does not say why`);
  return problems;
}
