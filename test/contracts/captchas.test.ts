import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { at, now, shortLivedBackends } from './short-lived-backends.ts';

const backends = await shortLivedBackends();
afterAll(() => Promise.all(backends.map((backend) => backend.close())));

describe.each(backends)('captchas in $name', ({ captchas }) => {
  it('is solved once', async () => {
    const id = randomUUID();
    await captchas.put(id, '民 x7', at(300));
    expect(await captchas.redeem(id, '民 x7', now)).toBe('ok');
    expect(await captchas.redeem(id, '民 x7', now)).toBe('none');
  });

  it('is used up by a wrong answer as well', async () => {
    const id = randomUUID();
    await captchas.put(id, 'x7k2', at(300));
    expect(await captchas.redeem(id, 'X7K2', now)).toBe('wrong');
    expect(await captchas.redeem(id, 'x7k2', now)).toBe('none');
  });

  it('is redeemed by one of eight who answer at once', async () => {
    const id = randomUUID();
    await captchas.put(id, 'x7k2', at(300));
    const results = await Promise.all(Array.from({ length: 8 }, () => captchas.redeem(id, 'x7k2', now)));
    expect(results.filter((result) => result === 'ok')).toHaveLength(1);
    expect(results.filter((result) => result === 'none')).toHaveLength(7);
  });

  it('shows its answer for drawing as long as it is unused', async () => {
    const id = randomUUID();
    await captchas.put(id, 'x7k2', at(300));
    expect(await captchas.read(id, now)).toBe('x7k2');
    expect(await captchas.read(id, now)).toBe('x7k2');
    await captchas.redeem(id, 'x7k2', now);
    expect(await captchas.read(id, now)).toBeUndefined();
  });

  it('lasts until the moment it expires, and not at that moment', async () => {
    const [drawn, solved, late] = [randomUUID(), randomUUID(), randomUUID()];
    const lastMoment = new Date(at(300).getTime() - 1);
    for (const id of [drawn, solved, late]) await captchas.put(id, 'x7k2', at(300));
    expect(await captchas.read(drawn, lastMoment)).toBe('x7k2');
    expect(await captchas.read(drawn, at(300))).toBeUndefined();
    expect(await captchas.redeem(solved, 'x7k2', lastMoment)).toBe('ok');
    expect(await captchas.redeem(late, 'x7k2', at(300))).toBe('none');
  });
});
