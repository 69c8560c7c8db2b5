import { describe, expect, it } from '@jest/globals';
import { issueCaptcha, shownAnswer } from '../../src/domain/authenticator/captcha.ts';
import type { CaptchaPolicy } from '../../src/domain/policy.ts';
import { captchaPicture } from '../../src/http/captcha-picture.ts';

const clock = { now: () => new Date('2026-03-01T08:00:00Z') };

async function issued(policy: Pick<CaptchaPolicy, 'alphabet' | 'length'>): Promise<string> {
  let stored = '';
  const captchas = {
    put: async (_id: string, answer: string) => void (stored = answer),
    read: async () => undefined,
    redeem: async () => 'none' as const,
  };
  await issueCaptcha({ captchas, clock }, { login: 'always', failures: 3, ...policy }, 'browser');
  return shownAnswer(stored);
}

interface Drawn {
  readonly d: string;
  readonly colour: string;
  readonly width: number;
  /** Middle of the coordinates across the picture. */
  readonly x: number;
}

function paths(svg: string): Drawn[] {
  return [...svg.matchAll(/<path d="([^"]+)" stroke="([^"]+)" stroke-width="([^"]+)"\/>/g)].map(([, d = '', colour = '', width = '']) => {
    const xs = [...d.matchAll(/(-?[\d.]+) -?[\d.]+/g)].map(([, x]) => Number(x));
    return { d, colour, width: Number(width), x: xs.reduce((sum, x) => sum + x, 0) / xs.length };
  });
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((from) => Number.parseInt(colour.slice(from, from + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe('captchaPicture', () => {
  it.each([
    ['digits', 4],
    ['alphanumeric', 8],
  ] as const)('draws every character of the alphabet %s', async (alphabet, length) => {
    const seen = new Set<string>();
    for (let round = 0; round < 200; round += 1) {
      const answer = await issued({ alphabet, length });
      for (const character of answer) seen.add(character);
      expect(paths(captchaPicture(answer)).length).toBeGreaterThan(length);
    }
    expect(seen.size).toBe(alphabet === 'digits' ? 10 : 15);
  });

  it('holds no text, no style, no script and nothing but one group of paths', () => {
    const svg = captchaPicture('A3KC');
    expect(svg).toMatch(
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="160" height="56" viewBox="0 0 160 56"><rect [^<>]+\/><g [^<>]+>(<path d="[-MC\d. ]+" stroke="#\w{6}" stroke-width="\d\.\d"\/>)+<\/g><\/svg>$/,
    );
    expect(svg).not.toMatch(/style|transform|text|title|id=/);
  });

  it('stays small for the longest answer', () => {
    const sizes = Array.from({ length: 200 }, () => captchaPicture('38R38R38').length);
    expect(Math.max(...sizes)).toBeLessThan(12_000);
  });

  it('never writes the same path twice, not even for the same character', () => {
    const all = Array.from({ length: 100 }, () => paths(captchaPicture('7777'))).flat();
    expect(new Set(all.map(({ d }) => d)).size).toBe(all.length);
    const shapes = all.map(({ d }) => {
      const [x0 = 0, y0 = 0] = (d.match(/-?[\d.]+/g) ?? []).map(Number);
      let index = 0;
      return d.replaceAll(/-?[\d.]+/g, (value) => (Number(value) - (index++ % 2 === 0 ? x0 : y0)).toFixed(1));
    });
    expect(new Set(shapes).size).toBeGreaterThan(0.99 * shapes.length);
  });

  it('tells nothing by the order of the paths: any character may come first', () => {
    const first = Array.from({ length: 400 }, () => Math.floor(((paths(captchaPicture('2222'))[0]?.x ?? 0) - 8) / 36));
    for (const quarter of [0, 1, 2, 3]) {
      expect(first.filter((place) => place === quarter).length).toBeGreaterThan(40);
    }
  });

  it('tells nothing by colour, and little by width: noise has those of the characters', () => {
    const all = Array.from({ length: 50 }, () => captchaPicture('5555'));
    const colours = new Set(all.flatMap((svg) => paths(svg).map(({ colour }) => colour)));
    for (const svg of all) expect(new Set(paths(svg).map(({ colour }) => colour)).size).toBeGreaterThan(2);
    for (const colour of colours) {
      const contrast = (luminance('#f7f8fb') + 0.05) / (luminance(colour) + 0.05);
      expect(contrast).toBeGreaterThan(8);
    }
  });

  it('grows with the answer, so that eight characters have room', () => {
    expect(captchaPicture('34567ACE')).toContain('width="272" height="56" viewBox="0 0 272 56"');
  });

  it('refuses a character it cannot draw, without naming it', () => {
    expect(() => captchaPicture('12国4')).toThrow('the captcha font lacks a character of the alphabet');
  });
});
