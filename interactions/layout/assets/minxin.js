/*
 * Comfort only: every page works without this file. Words come from data attributes of the page, rules from the
 * server; nothing is kept in the browser.
 */

const byId = (id) => document.getElementById(id);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');

/** JSON of a page of ours, or undefined where it answered with something else. */
async function ask(address, options = {}) {
  const answer = await fetch(address, { ...options, headers: { Accept: 'application/json' } });
  return answer.headers.get('content-type')?.includes('json') ? answer.json() : undefined;
}

/* One submission at a time. Coming back with the browser's button finds the form open again. */

const reopenAfter = 15_000;

function reopen(form) {
  delete form.dataset.busy;
  for (const button of form.querySelectorAll('[data-waiting]')) {
    delete button.dataset.waiting;
    button.removeAttribute('aria-disabled');
  }
}

function submitOnce(event) {
  const form = event.target;
  if (form.dataset.once === undefined) return;
  if (form.dataset.busy) return event.preventDefault();
  form.dataset.busy = 'true';
  if (event.submitter) {
    event.submitter.dataset.waiting = 'true';
    event.submitter.setAttribute('aria-disabled', 'true');
  }
  setTimeout(() => reopen(form), reopenAfter);
}

addEventListener('submit', submitOnce);
addEventListener('pageshow', () => document.querySelectorAll('form').forEach(reopen));

/* What is wrong with a field, beside it and at the top of its form, as the server would print it. */

function mark(input, text) {
  const place = byId(`${input.id}-problem`);
  if (!place) return;
  place.textContent = text;
  if (text) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
}

function alertAbove(form, problems) {
  const box = document.createElement('div');
  const list = document.createElement('ul');
  for (const { text } of problems) list.appendChild(document.createElement('li')).textContent = text;
  box.className = 'alert';
  box.setAttribute('role', 'alert');
  box.dataset.error = problems[0].code;
  box.append(list);
  form.querySelector('[role="alert"]')?.remove();
  form.prepend(box);
}

function clearProblems(form) {
  form.querySelector('[role="alert"]')?.remove();
  for (const input of form.querySelectorAll('[aria-invalid]')) mark(input, '');
}

/* Looked at when one leaves a field that has been written in; submitting is never prevented. */

/** What is typed, as the server reads it: the steps of src/domain/folding.ts. */
function folded({ value, dataset }) {
  const step = (text, { each, to, form }) => {
    if (form) return each ? text.replace(new RegExp(each, 'gu'), (found) => found.normalize(form)) : text.normalize(form);
    return text.replace(new RegExp(each, 'gu'), (found) => (typeof to === 'string' ? to : String.fromCodePoint(found.codePointAt(0) + to)));
  };
  return JSON.parse(dataset.fold ?? '[]').reduce(step, value);
}

function wrongWith(input) {
  const { empty, pattern, wrong, match, differs } = input.dataset;
  const value = folded(input);
  if (empty && value.trim() === '') return empty;
  if (pattern && value && !new RegExp(`^(?:${pattern})$`, 'u').test(value)) return wrong;
  if (match && value !== folded(byId(match))) return differs;
  return '';
}

addEventListener('focusout', ({ target }) => {
  if (target.matches?.('.input') && target.dataset.touched) mark(target, wrongWith(target));
});
addEventListener('input', ({ target }) => {
  target.dataset.touched = 'true';
  if (target.matches('.input[aria-invalid]') && wrongWith(target) === '') mark(target, '');
});

/* The eye of a password, the cross that empties a field. */

for (const button of document.querySelectorAll('[data-reveal]')) {
  const input = byId(button.dataset.reveal);
  button.hidden = false;
  button.addEventListener('click', () => {
    const shown = input.type === 'password';
    input.type = shown ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(shown));
  });
  input.form?.addEventListener('submit', () => (input.type = 'password'));
}

for (const button of document.querySelectorAll('[data-clear]')) {
  const input = byId(button.dataset.clear);
  const follow = () => (button.hidden = input.value === '');
  input.addEventListener('input', follow);
  button.addEventListener('click', () => {
    input.value = '';
    follow();
    input.focus();
  });
  follow();
}

/* The last page of a wizard that goes on by itself, where nobody says otherwise. */

for (const leaving of document.querySelectorAll('[data-leaving]')) {
  const [said, stay] = leaving.children;
  const until = performance.now() + Number(leaving.dataset.leaving) * 1000;
  const tick = () => {
    const seconds = Math.ceil((until - performance.now()) / 1000);
    said.textContent = fill(said.dataset.text, { seconds: Math.max(0, seconds) });
    if (seconds > 0) return;
    clearInterval(timer);
    location.assign(byId('next').href);
  };
  const timer = setInterval(tick, 1000);
  stay.addEventListener('click', () => {
    clearInterval(timer);
    stay.hidden = true;
    said.textContent = said.dataset.stayed;
  });
  leaving.hidden = false;
  tick();
}

/* Paper and clipboard, for what is shown once. */

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}

for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = navigator.clipboard === undefined;
  const copied = () => (button.textContent = button.dataset.done);
  button.addEventListener('click', () => void navigator.clipboard.writeText(byId(button.dataset.copy).innerText).then(copied, () => {}));
}

/* Captcha: another picture without leaving the page, or work for the machine in place of the picture. */

function captchaOf(box) {
  const text = box.querySelector('.input');
  const image = box.querySelector('img');
  const said = box.querySelector('.said');
  const proof = box.querySelector('[name="captchaProof"]');
  const prove = box.querySelector('[data-prove]');
  const another = box.querySelector('[data-refresh]');
  const asked = [box.querySelector('.field'), box.querySelector('.captcha-help')];
  const askFor = (shown) => asked.forEach((part) => (part.hidden = !shown));

  const captcha = {
    /** Shows a captcha that was not answered yet. */
    renew({ id, image: address, refresh, puzzle }) {
      box.querySelector('[name="captchaId"]').value = id;
      image.src = address;
      image.dataset.captchaId = id;
      if (refresh) another.dataset.refresh = refresh;
      if (puzzle) Object.assign(box.dataset, { seed: puzzle.seed, bits: String(puzzle.bits) });
      text.value = proof.value = '';
      box.hidden = false;
      said.textContent = '';
      askFor(true);
    },
    /** It was answered, right or wrong: it counts once. */
    spend() {
      text.value = proof.value = '';
      box.hidden = true;
    },
    async refresh() {
      const fresh = await ask(another.dataset.refresh).catch(() => undefined);
      if (fresh) captcha.renew(fresh);
      else another.form.requestSubmit(another);
    },
  };

  another.addEventListener('click', async (event) => {
    event.preventDefault();
    await captcha.refresh();
    said.textContent = another.dataset.done;
    text.focus();
  });

  prove.hidden = typeof Worker === 'undefined';
  prove.addEventListener('click', () => {
    const worker = new Worker(box.dataset.worker);
    const end = (counter) => {
      worker.terminate();
      prove.removeAttribute('aria-disabled');
      proof.value = counter ?? '';
      askFor(counter === undefined);
      said.textContent = counter === undefined ? prove.dataset.failed : prove.dataset.done;
    };
    prove.setAttribute('aria-disabled', 'true');
    said.textContent = prove.dataset.working;
    worker.onmessage = ({ data }) => end(data);
    worker.onerror = () => end(undefined);
    worker.postMessage({ seed: box.dataset.seed, bits: Number(box.dataset.bits) });
  });
  return captcha;
}

const captchaBox = document.querySelector('[data-captcha]');
const captcha = captchaBox ? captchaOf(captchaBox) : undefined;

/** Stars for the eye, words for the ear, as the mixin `masked` prints them. */
function eyeAndEar(text, spoken) {
  const [eye, ear] = [document.createElement('span'), document.createElement('span')];
  eye.setAttribute('aria-hidden', 'true');
  ear.className = 'unseen';
  eye.textContent = text;
  ear.textContent = spoken;
  return [eye, ear];
}

/* "Send code" without leaving the page. Whatever is unexpected is submitted the ordinary way. */

function codeOf(button) {
  const form = button.form;
  const code = form.elements.code;
  const said = form.querySelector('[data-code-status]');
  const say = button.dataset;
  let until = 0;

  function tick() {
    const seconds = Math.ceil((until - performance.now()) / 1000);
    if (seconds > 0) {
      button.textContent = fill(say.wait, { seconds });
      return setTimeout(tick, 250);
    }
    button.textContent = say.again;
    button.removeAttribute('aria-disabled');
    said.textContent = say.ready;
    if (captchaBox?.hidden) void captcha.refresh();
  }

  function wait(seconds) {
    if (seconds <= 0) return;
    until = performance.now() + seconds * 1000;
    button.setAttribute('aria-disabled', 'true');
    tick();
  }

  function sent({ cooldownSeconds, sentTo }) {
    said.replaceChildren(...eyeAndEar(fill(say.sent, { to: sentTo.text }), fill(say.sent, { to: sentTo.spoken })));
    captcha?.spend();
    wait(cooldownSeconds);
    code.value = '';
    code.focus();
  }

  function refused({ problems, captcha: fresh, token }) {
    // The form came back with a new one where it was out of date: pressed again, it goes through.
    if (token) form.elements._form.value = token;
    if (fresh && fresh.id !== form.elements.captchaId.value) captcha.renew(fresh);
    alertAbove(form, problems);
    const wrong = problems.map(({ field, text }) => ({ input: field && form.elements[field], text })).filter(({ input }) => input?.id);
    for (const { input, text } of wrong) mark(input, text);
    wrong[0]?.input.focus();
  }

  async function send(event) {
    event.preventDefault();
    if (button.getAttribute('aria-disabled')) return;
    clearProblems(form);
    said.textContent = '';
    button.setAttribute('aria-disabled', 'true');
    const answer = await ask(button.formAction, { method: 'POST', body: new URLSearchParams(new FormData(form)) }).catch(() => ({
      silent: true,
    }));
    button.removeAttribute('aria-disabled');
    if (answer?.silent) said.textContent = say.failed;
    else if (answer?.ok && answer.sentTo) sent(answer);
    else if (answer?.problems && !(answer.captcha && !captcha)) refused(answer);
    else {
      button.removeEventListener('click', send);
      form.requestSubmit(button);
    }
  }

  button.addEventListener('click', send);
  /* Enter in a field above the button asks for the code; below it, it submits. */
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !event.target.matches('input.input')) return;
    event.preventDefault();
    const above = button.compareDocumentPosition(event.target) & Node.DOCUMENT_POSITION_PRECEDING;
    const asks = above && event.target !== code && !button.getAttribute('aria-disabled');
    (asks ? button : form.querySelector('.primary')).click();
  });
  wait(Number(say.cooldown));
}

const sendCode = byId('send-code');
if (sendCode) codeOf(sendCode);
