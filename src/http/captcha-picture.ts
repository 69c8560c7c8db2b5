import { randomInt } from 'node:crypto';
import { captchaFont } from './captcha-font.ts';

/**
 * The picture of a captcha (REG-28, DIS-08): strokes, never text. Each time every control point moves, every
 * stroke is cut and turned at random places, and the pieces of all characters and of the noise stand in one
 * shuffled heap of the same colours. Neither the strings of the document nor their order tell the answer;
 * whoever wants it has to look at the picture.
 */

type Point = readonly [x: number, y: number];
/** One Bézier curve: start, two control points, end. */
type Curve = readonly [Point, Point, Point, Point];
type Stroke = readonly Curve[];
interface Line {
  readonly stroke: Stroke;
  /** Least and greatest width of the pieces. */
  readonly widths: readonly [number, number];
}

const height = 56;
const leastWidth = 160;
const paper = '#f7f8fb';
/** Dark enough on the paper for everybody: a contrast of more than 8 : 1. */
const inks = ['#14213d', '#1f3a5f', '#2d3142', '#0b3d4f', '#3b1f4a'] as const;

/**
 * An SVG document of 56 pixels in height, 160 or more in width, less than 12 kB.
 *
 * @param answer - characters of the font, as `issueCaptcha` draws them
 * @throws Error for a character the font does not have
 */
export function captchaPicture(answer: string): string {
  const characters = Array.from(answer);
  const width = Math.max(leastWidth, 16 + 32 * characters.length);
  const slot = (width - 16) / characters.length;
  const lines = [
    ...characters.flatMap((character, index) => drawn(character, [8 + slot * (index + 0.5), height / 2])),
    ...Array.from({ length: 2 }, () => noise(width)),
  ];
  const paths = shuffled(lines.flatMap(pieces)).join('');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `<rect width="${width}" height="${height}" fill="${paper}"/>` +
    `<g fill="none" stroke-linecap="round" stroke-linejoin="round">${paths}</g></svg>`
  );
}

/** The strokes of a character around `centre`, a little different each time. */
function drawn(character: string, [centreX, centreY]: Point): Line[] {
  const path = captchaFont[character];
  if (path === undefined) throw new Error('the captcha font lacks a character of the alphabet');
  const strokes = strokesOf(path);
  const xs = strokes.flat(2).map(([x]) => x);
  const middle = (Math.min(...xs) + Math.max(...xs)) / 2;
  const angle = between(-0.2, 0.2);
  const skew = between(-0.18, 0.18);
  const scaleX = between(1.9, 2.3);
  const scaleY = between(2.0, 2.35);
  const shift: Point = [centreX + between(-2, 2), centreY + between(-3, 3)];
  const place = shaking(0.35, ([x, y]) => {
    const [across, down] = [(x - middle + skew * (7 - y)) * scaleX, (y - 7) * scaleY];
    return [shift[0] + across * Math.cos(angle) - down * Math.sin(angle), shift[1] + across * Math.sin(angle) + down * Math.cos(angle)];
  });
  return strokes.map((stroke) => ({ stroke: bent(stroke, place), widths: [2.2, 3.5] }));
}

/** Moves each point by its own small random amount: the same point always alike, so that strokes still meet. */
function shaking(by: number, place: (point: Point) => Point): (point: Point) => Point {
  const moved = new Map<string, Point>();
  return ([x, y]) => {
    const key = `${x} ${y}`;
    const known = moved.get(key) ?? place([x + between(-by, by), y + between(-by, by)]);
    moved.set(key, known);
    return known;
  };
}

/** A smooth wave across the whole picture. */
function noise(width: number): Line {
  const [start, end] = [-4, width + 4];
  const bends = 4;
  const step = (end - start) / bends;
  const knots = Array.from({ length: bends + 1 }, (_, index): Point => [start + step * index, between(8, height - 8)]);
  const slopes = knots.map(() => between(-0.5, 0.5));
  const stroke = knots.slice(1).map(([x, y], index): Curve => {
    const [x0, y0] = at(knots, index);
    const reach = step / 3;
    return [
      [x0, y0],
      [x0 + reach, y0 + reach * at(slopes, index)],
      [x - reach, y - reach * at(slopes, index + 1)],
      [x, y],
    ];
  });
  return { stroke, widths: [0.8, 2.3] };
}

/** A path of the font as curves; straight lines are curves too, so that nothing tells them apart. */
function strokesOf(path: string): Stroke[] {
  return path
    .split('M')
    .slice(1)
    .map((stroke) => {
      const curves: Curve[] = [];
      let from: Point = [0, 0];
      for (const [, command, numbers = ''] of `M${stroke}`.matchAll(/([MLC])([^MLC]+)/g)) {
        const points = pairs(numbers.split(' ').map(Number));
        const to = at(points, points.length - 1);
        if (command === 'C') curves.push([from, at(points, 0), at(points, 1), to]);
        if (command === 'L') curves.push([from, mix(from, to, 1 / 3), mix(from, to, 2 / 3), to]);
        from = to;
      }
      return curves;
    });
}

function pairs(numbers: readonly number[]): Point[] {
  return numbers.flatMap((x, index): Point[] => (index % 2 === 0 ? [[x, at(numbers, index + 1)]] : []));
}

/** The paths of one line: cut into shorter curves, some of them joined, half of them drawn backwards. */
function pieces({ stroke, widths }: Line): string[] {
  const curves = stroke.flatMap(split);
  const paths: string[] = [];
  while (curves.length > 0) {
    const piece = curves.splice(0, randomInt(2, 5));
    const width = between(...widths).toFixed(1);
    const path = written(chance() ? piece : backwards(piece));
    paths.push(`<path d="${path}" stroke="${at(inks, randomInt(inks.length))}" stroke-width="${width}"/>`);
  }
  return paths;
}

/** The same curve as one or as two (de Casteljau). */
function split(curve: Curve): Curve[] {
  if (chance()) return [curve];
  const t = between(0.3, 0.7);
  const [a, b, c, d] = curve;
  const [ab, bc, cd] = [mix(a, b, t), mix(b, c, t), mix(c, d, t)];
  const [abc, bcd] = [mix(ab, bc, t), mix(bc, cd, t)];
  const middle = mix(abc, bcd, t);
  return [
    [a, ab, abc, middle],
    [middle, bcd, cd, d],
  ];
}

function backwards(stroke: Stroke): Stroke {
  return stroke.map(([a, b, c, d]): Curve => [d, c, b, a]).toReversed();
}

function bent(stroke: Stroke, place: (point: Point) => Point): Stroke {
  return stroke.map(([a, b, c, d]): Curve => [place(a), place(b), place(c), place(d)]);
}

function written(stroke: Stroke): string {
  return `M${pair(at(stroke, 0)[0])}${stroke.map(([, b, c, d]) => `C${pair(b)} ${pair(c)} ${pair(d)}`).join('')}`;
}

function pair([x, y]: Point): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}

function mix([x, y]: Point, [x1, y1]: Point, t: number): Point {
  return [x + (x1 - x) * t, y + (y1 - y) * t];
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

function between(least: number, most: number): number {
  return least + random() * (most - least);
}

function chance(): boolean {
  return randomInt(2) === 0;
}

/** 0 ≤ x < 1, not to be foretold: `Math.random` gives its later values away to who has seen some. */
function random(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError('past the end of a list');
  return item;
}
