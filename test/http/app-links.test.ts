import { describe, expect, it } from '@jest/globals';
import type { AppContext } from '../../src/http/app-context.ts';
import { appLinks } from '../../src/http/app-links.ts';

const fingerprint = Array(32).fill('AB').join(':');
const city = {
  android: [{ package: 'cn.gov.example.citizen', fingerprints: [fingerprint] }],
  apple: ['ABCDE12345.cn.gov.example.citizen'],
};
const paths = ['/.well-known/assetlinks.json', '/.well-known/apple-app-site-association'];

async function answer(links: Parameters<typeof appLinks>[0], path: string, method = 'GET') {
  const ctx = { path, method, set: () => {}, body: undefined as unknown, type: '' };
  const isPassedOn = await appLinks(links)(ctx as unknown as AppContext, async () => true);
  return isPassedOn ? 'passed on' : [ctx.type, JSON.parse(String(ctx.body))];
}

describe('links of apps', () => {
  it('let the apps of the city open codes, and nothing else of the platform on iOS', async () => {
    expect(await answer(city, paths[0] ?? '')).toEqual([
      'application/json',
      [
        {
          relation: ['delegate_permission/common.handle_all_urls'],
          target: { namespace: 'android_app', package_name: 'cn.gov.example.citizen', sha256_cert_fingerprints: [fingerprint] },
        },
      ],
    ]);
    expect(await answer(city, paths[1] ?? '', 'HEAD')).toEqual([
      'application/json',
      { applinks: { details: [{ appIDs: ['ABCDE12345.cn.gov.example.citizen'], components: [{ '/': '/h/*' }] }] } },
    ]);
  });

  it('are not there where the city has no app, or for another method', async () => {
    for (const path of paths) {
      expect(await answer({ android: [], apple: [] }, path)).toBe('passed on');
      expect(await answer(city, path, 'POST')).toBe('passed on');
    }
    expect(await answer({ ...city, android: [] }, paths[0] ?? '')).toBe('passed on');
  });
});
