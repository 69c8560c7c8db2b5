import { existsSync } from 'node:fs';

/** Chromium's program: CHROMIUM, or where distributions put it; undefined: not installed. */
export function chromiumPath(): string | undefined {
  const places = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  return places.find((place) => place !== undefined && existsSync(place));
}
