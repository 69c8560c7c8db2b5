/** Comfort on the sandbox's pages; everything works without it. */

const said = document.querySelector('[data-said]');

async function copy(button) {
  const value = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    // Without https the clipboard is closed: select the value, so that one key press copies it.
    window.getSelection()?.selectAllChildren(button.previousElementSibling);
    return;
  }
  const label = button.textContent;
  button.textContent = document.body.dataset.copied;
  if (said) said.textContent = document.body.dataset.copied;
  setTimeout(() => {
    button.textContent = label;
    if (said) said.textContent = '';
  }, 1500);
}

function showCopyButtons(root) {
  for (const button of root.querySelectorAll('button[data-copy]')) button.hidden = false;
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-copy]');
  if (button) void copy(button);
});
showCopyButtons(document);

/* People: filter as one types. */

const filter = document.querySelector('[data-filter]');

if (filter) {
  const { q, scenario } = filter.elements;
  const rows = [...document.querySelectorAll('[data-words]')];
  const count = filter.querySelector('[data-count]');
  const groups = [...document.querySelectorAll('[data-group]')];
  const say = (place, number) => (place.textContent = place.dataset.count.replace('{}', String(number)));
  const apply = () => {
    const words = q.value.trim().toLowerCase();
    const looking = words !== '' || scenario.value !== '';
    for (const row of rows) {
      row.hidden = !row.dataset.words.includes(words) || (scenario.value !== '' && row.dataset.scenario !== scenario.value);
    }
    for (const group of groups) {
      const shown = group.querySelectorAll('[data-words]:not([hidden])').length;
      group.hidden = shown === 0;
      group.open = looking && shown > 0;
      say(group.querySelector('[data-count]'), shown);
    }
    say(count, rows.filter((row) => !row.hidden).length);
  };
  filter.querySelector('[type="submit"]').hidden = true;
  filter.addEventListener('submit', (event) => event.preventDefault());
  filter.addEventListener('input', apply);
}

/* Messages arrive by themselves. */

const inbox = document.querySelector('[data-messages]');

if (inbox) {
  const template = document.querySelector('#message');
  const empty = document.querySelector('[data-empty]');
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: 'medium', timeZone: 'Asia/Shanghai', hourCycle: 'h23' });
  let newest;

  const item = ({ to, text, code, sentAt }) => {
    const message = template.content.cloneNode(true);
    const find = (selector) => message.querySelector(selector);
    find('.message-to').textContent = to;
    find('time').dateTime = sentAt;
    find('time').textContent = time.format(new Date(sentAt));
    find('.message-text').textContent = text;
    if (code) {
      find('code').textContent = code;
      find('button').dataset.copy = code;
      find('button').setAttribute('aria-label', `${find('button').textContent} ${code}`);
    } else {
      find('.copy').remove();
    }
    return message;
  };

  const refresh = async () => {
    if (document.hidden) return;
    const answer = await fetch(inbox.dataset.messages);
    if (!answer.ok) return;
    const messages = await answer.json();
    if (messages[0]?.id === newest) return;
    newest = messages[0]?.id;
    inbox.replaceChildren(...messages.slice(0, Number(inbox.dataset.shown)).map(item));
    empty.hidden = messages.length > 0;
  };

  // A server that is being restarted is asked again with the next tick.
  const tick = () => {
    refresh().catch(() => undefined);
  };
  setInterval(tick, 2000);
  document.addEventListener('visibilitychange', tick);
}
