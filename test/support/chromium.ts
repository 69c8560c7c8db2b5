import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Page, type Request } from 'playwright-core';
import { chromiumPath } from './chromium-path.ts';
import { root, type Product } from './product.ts';

export interface WindowOptions {
  /** 360 is a phone, with touch and the phone's user agent. */
  readonly width?: 1440 | 360;
  readonly locale?: 'zh-CN' | 'en';
  /** 长者模式. */
  readonly elder?: boolean;
  readonly scripts?: boolean;
}

/** One window of Chromium, and what it complained about. */
export interface Window {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Console errors and warnings, exceptions, reports of the content security policy, failed and foreign requests. */
  readonly complaints: string[];
  /** Opens an address of the product. */
  goes(path: string): Promise<number | undefined>;
  /** What axe-core finds on the page as it stands, one line for each rule and place. */
  axe(): Promise<readonly string[]>;
  /** Bytes of every answer since the last `goes`, as they came over the network. */
  weight(): Promise<number>;
  /** The whole page into .results/screens/<name>.png. */
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Less than a test may take (jest.config.js), so that Playwright says what it waited for. */
const hangsAfterMs = 200_000;

const screens = join(root, '.results/screens');
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let running: Promise<Browser> | undefined;

/** Opens a window at a product; the browser behind it is one for the test file and ends with `closeChromium`. */
export async function openPage(product: Product, options: WindowOptions = {}): Promise<Window> {
  running ??= launch();
  const context = await (await running).newContext(contextOf(options));
  context.setDefaultTimeout(hangsAfterMs);
  const page = await context.newPage();
  if (options.elder) await switchToElder(page, product);
  const complaints: string[] = [];
  listenToComplaints(page, new URL(product.issuer).origin, complaints);
  await page.addInitScript({ content: reportViolations });
  // Given with the page it is compiled once; evaluated in each page it takes longer than its own run.
  await page.addInitScript({ content: axeSource });
  let answered: Request[] = [];
  page.on('requestfinished', (request) => answered.push(request));
  return {
    page,
    context,
    complaints,
    async goes(path) {
      answered = [];
      const answer = await page.goto(new URL(path, product.issuer).href, { waitUntil: 'load' });
      return answer?.status();
    },
    axe: () => findViolations(page),
    weight: async () => (await Promise.all(answered.map(bytesOf))).reduce((sum, size) => sum + size, 0),
    async screenshot(name) {
      mkdirSync(screens, { recursive: true });
      await page.screenshot({ path: join(screens, `${name}.png`), fullPage: true });
    },
    close: () => context.close(),
  };
}

/** Ends the browser of this test file: call it in `afterAll`. */
export async function closeChromium(): Promise<void> {
  const browser = await running;
  running = undefined;
  await browser?.close();
}

/** Fails with everything that is wrong with the page as it stands, and with complaints since the last look. */
export async function expectClean(window: Window): Promise<void> {
  const wide = await window.page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth');
  const axe = await window.axe();
  const wrong = [...window.complaints.splice(0), ...axe, ...(wide ? ['the page is wider than the window'] : [])];
  if (wrong.length > 0) throw new Error([`${window.page.url()} is not clean:`, ...wrong].join('\n'));
}

async function launch(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error('Chromium is not installed; CHROMIUM may name it');
  // Its sandbox cannot be made by root.
  return chromium.launch({ executablePath, timeout: hangsAfterMs, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}

function contextOf({ width = 1440, locale = 'zh-CN', scripts = true }: WindowOptions) {
  const phone = {
    isMobile: true,
    hasTouch: true,
    userAgent: 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
  };
  return {
    locale,
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce' as const,
    javaScriptEnabled: scripts,
    viewport: { width, height: width === 360 ? 740 : 900 },
    ...(width === 360 ? phone : {}),
  };
}

async function switchToElder(page: Page, { issuer }: Product): Promise<void> {
  await page.goto(issuer);
  await page.click('button[name=elder][value=on]');
  await page.waitForSelector('button[name=elder][value=off]');
}

function listenToComplaints(page: Page, origin: string, complaints: string[]): void {
  page.on('console', (message) => {
    // A refusal is a page like any other; Chromium reports its status as an error of loading.
    const refused = /^Failed to load resource: .* status of 4\d\d /.test(message.text()) && message.location().url === page.url();
    if (['error', 'warning'].includes(message.type()) && !refused) complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (protocol.startsWith('http') && asked !== origin) complaints.push(`foreign request: ${request.url()}`);
  });
  page.on('requestfailed', (request) => {
    // Leaving a page cuts what it still loads.
    const cause = request.failure()?.errorText ?? '';
    if (cause !== 'net::ERR_ABORTED') complaints.push(`request failed: ${request.url()} ${cause}`);
  });
}

/** Runs in the page: violations become console errors, where the listeners above see them. */
const reportViolations = `addEventListener('securitypolicyviolation', (event) => {
  console.error('content security policy: ' + event.effectiveDirective + ' blocked ' + event.blockedURI + ' in ' + event.sourceFile);
});`;

async function findViolations(page: Page): Promise<readonly string[]> {
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(axeSource);
  // The rest of the results is large, and nobody asks for it.
  const violations = await page.evaluate<AxeResults['violations']>(
    'axe.run(document, { resultTypes: ["violations"], preload: false }).then(({ violations }) => violations)',
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `axe ${id}: ${help} at ${target.join(' ')}\n  ${failureSummary?.replaceAll('\n', '\n  ')}`),
  );
}

async function bytesOf(request: Request): Promise<number> {
  const { responseBodySize, responseHeadersSize } = await request.sizes();
  return responseBodySize + responseHeadersSize;
}
