import { encode } from 'uqr';
import type { QrModel } from './page-model.ts';

/** A QR code as one path of an SVG, with the quiet border of four modules that scanners want (ISO/IEC 18004, 5.3.8). */
export function qrModel(text: string): QrModel {
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return { size, path };
}
