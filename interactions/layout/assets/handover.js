/*
 * A page on which another device is waited for. The server prints what there is to see; this file only asks when, by an event
 * stream or, where that does not arrive, by asking again. Without it the page reloads itself.
 */

const region = () => document.getElementById('handover');
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const isOver = (state) => state === 'denied';

/** Puts in what the server prints now; a code that has ended is a new one then, while the page is not too old. */
async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('handover');
  // The interaction is over, or something is wrong: the page itself says it better.
  if (!next) return location.reload();
  const { activeElement } = document;
  const held = region().contains(activeElement) ? activeElement.id : '';
  region().replaceWith(document.importNode(next, true));
  if (held) document.getElementById(held)?.focus();
}

/** Waits for another state than the one on the page. */
function heard(box) {
  return new Promise((resolve, reject) => {
    const stream = new EventSource(box.dataset.events);
    let silent = setTimeout(() => end(reject), 5000);
    const end = (settle, value) => {
      clearTimeout(silent);
      stream.close();
      settle(value);
    };
    stream.onmessage = ({ data }) => {
      clearTimeout(silent);
      if (data !== box.dataset.handoverState) end(resolve, data);
    };
    stream.onerror = () => end(reject);
  });
}

async function asked(box) {
  const address = `${box.dataset.changes}?shown=${encodeURIComponent(box.dataset.handoverState)}`;
  const answer = await fetch(address, { headers: { Accept: 'application/json' } });
  return answer.ok ? (await answer.json()).state : undefined;
}

async function follow() {
  let streams = 'EventSource' in window;
  for (let lost = 0; region() && lost < 20;) {
    const box = region();
    const state = box.dataset.handoverState;
    if (state === 'confirmed') return box.querySelector('form')?.requestSubmit();
    if (isOver(state) || box.querySelector('#handover-renew')) return undefined;
    try {
      const next = await (streams ? heard(box) : asked(box));
      lost = next === undefined ? lost + 1 : 0;
      if (next !== undefined && next !== state) await refresh();
      else if (next === undefined) await pause(1000);
    } catch {
      // Once without streams, for good: something between does not let them through.
      lost += 1;
      streams = false;
      await pause(1000);
    }
  }
  return undefined;
}

if (region()?.dataset.events) void follow();
