import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AppContext } from '../../src/http/app-context.ts';
import { renderTemplate, templates } from '../../src/http/views.ts';

describe('a template', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'views-'));
    writeFileSync(join(folder, 'greeting.pug'), 'p(data-locale=page.locale)= model.name\nif locale\n  p= locale\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What the page says to a request with this state; the first one compiles it. */
  async function says(state: object, name: string, middleware = templates(folder)): Promise<string> {
    const ctx = { state, response: {} } as unknown as AppContext;
    let html = '';
    await middleware(ctx, async () => {
      html = await renderTemplate(ctx, 'greeting', { page: { locale: 'en' }, model: { name } });
    });
    return html;
  }

  it('is compiled alike whatever the state of the first request is: what pug takes for options does not reach it', async () => {
    const middleware = templates(folder);
    const options = { self: '/here', doctype: 'xml', pretty: true, globals: ['page'], filename: '/elsewhere', cache: false };
    expect(await says(options, 'Zhang', middleware)).toBe('<p data-locale="en">Zhang</p>');
    expect(await says({}, 'Li', middleware)).toBe('<p data-locale="en">Li</p>');
  });

  it('sees nothing but page and model', async () => {
    expect(await says({ locale: 'zh-CN' }, 'Zhang')).toBe('<p data-locale="en">Zhang</p>');
  });
});
