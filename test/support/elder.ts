import type { Page } from 'playwright-core';

/** Least size of letters in elder mode, in CSS pixels: 18 pt. */
const leastText = 24;
/** Least width and height of what one touches. */
const leastTarget = 60;

/** Texts and targets of the page as it stands that are too small for elder mode (UXP-02), one line each. */
export async function tooSmall(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(measure);
}

/** The same of a page that is shown without it: elder mode is an attribute of the document and style sheets, nothing else. */
export async function elderFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate('document.documentElement.setAttribute("data-elder", "")');
  const wide = await page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth');
  return [...(await tooSmall(page)), ...(wide ? ['the page is wider than the window'] : [])].map(
    (fault) => `${page.url()} in elder mode: ${fault}`,
  );
}

/** Runs in the page. A box to tick and its label are one target; what only screen readers meet has no size. */
const measure = `(() => {
  const seen = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest('.unseen, .skip');
  const round = (size) => Math.round(size * 10) / 10;
  const named = (element) => element.tagName.toLowerCase() + ' "' + (element.innerText || element.value || element.id).trim().slice(0, 30) + '"';
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const wrong = [];
  while (texts.nextNode()) {
    const { parentElement, data } = texts.currentNode;
    if (data.trim() === '' || !seen(parentElement)) continue;
    const size = parseFloat(getComputedStyle(parentElement).fontSize);
    if (size < ${leastText}) wrong.push(named(parentElement) + ' has letters of ' + round(size) + ' px');
  }
  for (const element of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary')) {
    if (!seen(element)) continue;
    const parts = [element, ...(['radio', 'checkbox'].includes(element.type) ? element.labels : [])].map((part) => part.getBoundingClientRect());
    const width = Math.max(...parts.map(({ right }) => right)) - Math.min(...parts.map(({ left }) => left));
    const height = Math.max(...parts.map(({ bottom }) => bottom)) - Math.min(...parts.map(({ top }) => top));
    if (Math.min(width, height) < ${leastTarget} - 0.5) wrong.push(named(element) + ' is ' + round(width) + ' × ' + round(height) + ' px');
    if (parseFloat(getComputedStyle(element).fontSize) < ${leastText}) wrong.push(named(element) + ' has small letters');
  }
  return wrong;
})()`;
