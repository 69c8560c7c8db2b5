import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../support/product.ts';

/** Colours of the pages, computed from the custom properties of the style sheet, in every palette a profile may name. */

const sheet = readFileSync(join(root, 'interactions/layout/assets/minxin.css'), 'utf8');
const schema: { properties: { brand: { properties: { palette: { enum: readonly string[] } } } } } = JSON.parse(
  readFileSync(join(root, 'src/config/profile.schema.json'), 'utf8'),
);
const palettes = schema.properties.brand.properties.palette.enum;

/** The first is what every page has; a palette overrides it. */
function tokensOf(palette: string): ReadonlyMap<string, string> {
  const blocks = [block(':root'), ...(palette === 'blue' ? [] : [block(`[data-palette="${palette}"]`)])];
  return new Map(
    blocks.flatMap((text) => [...text.matchAll(/--([\w-]+): (#[0-9a-f]{3,6});/g)].map(([, name = '', colour = '']) => [name, colour])),
  );
}

function block(selector: string): string {
  const start = sheet.indexOf(`${selector} {`);
  if (start < 0) throw new Error(`the style sheet has no ${selector}`);
  return sheet.slice(start, sheet.indexOf('}', start));
}

type Rgb = readonly [number, number, number];

function rgb(colour: string): Rgb {
  const digits = colour.length === 4 ? colour.slice(1).replaceAll(/./g, '$&$&') : colour.slice(1);
  const [red = 0, green = 0, blue = 0] = (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  return [red, green, blue];
}

/** Relative luminance and contrast, WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = rgb(colour).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Degrees around the circle of colours. */
function hue(colour: string): number {
  const [red, green, blue] = rgb(colour);
  return ((Math.atan2(Math.sqrt(3) * (green - blue), 2 * red - green - blue) * 180) / Math.PI + 360) % 360;
}

function apart(one: string, other: string): number {
  const distance = Math.abs(hue(one) - hue(other));
  return Math.min(distance, 360 - distance);
}

/** Text of the first colour stands on each of the others: 4.5 (WCAG 1.4.3). */
const texts: readonly (readonly [text: string, grounds: readonly string[]])[] = [
  ['ink', ['paper', 'ground', 'act-soft', 'sky', 'bad-soft', 'care-soft', 'good-soft']],
  ['ink-soft', ['paper', 'ground', 'act-soft']],
  ['act', ['paper', 'ground', 'act-soft', 'sky']],
  ['act-deep', ['paper', 'act-soft', 'sky']],
  ['paper', ['act', 'act-deep', 'bad', 'good', 'care']],
  ['bad', ['paper', 'bad-soft']],
  ['bad-ink', ['bad-soft']],
  ['good', ['paper', 'good-soft']],
  ['care', ['paper', 'care-soft']],
];

/** Edges of controls and what a mark is made of: 3 (WCAG 1.4.11). */
const shapes: readonly (readonly [shape: string, ground: string])[] = [
  ['edge', 'paper'],
  ['act', 'paper'],
  ['mark', 'paper'],
  ['bad', 'paper'],
];

describe.each(palettes)('the palette %s', (palette) => {
  const tokens = tokensOf(palette);
  const colour = (name: string): string => {
    const found = tokens.get(name);
    if (found === undefined) throw new Error(`${palette} has no --${name}`);
    return found;
  };

  it('has text that can be read on everything it stands on', () => {
    const pale = texts.flatMap(([text, grounds]) =>
      grounds.filter((ground) => contrast(colour(text), colour(ground)) < 4.5).map((ground) => `${text} on ${ground}`),
    );
    expect(pale).toEqual([]);
  });

  it('has edges and a mark that can be seen', () => {
    expect(shapes.filter(([shape, ground]) => contrast(colour(shape), colour(ground)) < 3)).toEqual([]);
  });

  it('acts and tells in a hue that no error has', () => {
    expect(['act', 'act-deep', 'act-line'].filter((name) => apart(colour(name), colour('bad')) < 60)).toEqual([]);
  });
});

describe('the style sheet', () => {
  it('shows the colour of the brand in its mark and nowhere else', () => {
    expect(sheet.match(/[^}]*var\(--mark\)/g)?.map((rule) => rule.trim())).toEqual(['.mark-seal { fill: var(--mark)']);
  });

  it('has no colour beside its tokens but white and black', () => {
    const used = sheet.slice(sheet.indexOf('/* 长者模式')).match(/#[0-9a-f]{3,8}\b/g) ?? [];
    expect(used.filter((each) => each !== '#fff' && each !== '#000')).toEqual([]);
  });
});

describe('the measure', () => {
  it.each([
    ['#000', '#fff', 21],
    ['#767676', '#fff', 4.54],
    ['#fff', '#fff', 1],
  ])('knows the contrast of %s and %s', (one, other, ratio) => expect(contrast(one, other)).toBeCloseTo(ratio, 1));
  it.each([
    ['#f00', 0],
    ['#0f0', 120],
    ['#00f', 240],
  ])('knows the hue of %s', (colour, degrees) => expect(hue(colour)).toBeCloseTo(degrees, 5));
});
