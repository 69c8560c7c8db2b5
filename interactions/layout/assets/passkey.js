/*
 * Passkeys: asks the browser for what the server wants signed and sends the answer with an ordinary form. The server
 * says what is asked and judges the answer; nothing is kept here.
 */

const supported = typeof PublicKeyCredential === 'function' && navigator.credentials !== undefined;

/* The browser's own reading and writing of JSON, where it has them. */

const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
const withBytes = (credentials) => credentials.map((credential) => ({ ...credential, id: bytes(credential.id) }));

function requestOptions(json) {
  if (PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(json);
  return { ...json, challenge: bytes(json.challenge), allowCredentials: withBytes(json.allowCredentials) };
}

function creationOptions(json) {
  if (PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(json);
  const user = { ...json.user, id: bytes(json.user.id) };
  return { ...json, user, challenge: bytes(json.challenge), excludeCredentials: withBytes(json.excludeCredentials) };
}

function toJson(credential) {
  if (credential.toJSON) return credential.toJSON();
  const { id, rawId, type, response } = credential;
  const parts = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];
  const said = Object.fromEntries(parts.flatMap((name) => (response[name] ? [[name, text(response[name])]] : [])));
  const transports = response.getTransports?.();
  return { id, rawId: text(rawId), type, response: { ...said, ...(transports && { transports }) }, clientExtensionResults: {} };
}

/** What is to be signed; undefined where the page is over, which the page itself says when it is loaded again. */
async function challengeFor(form) {
  const answer = await fetch(form.dataset.challenge, { headers: { Accept: 'application/json', 'X-Form': form.elements._form.value } });
  return answer.ok && !answer.redirected ? answer.json() : location.reload();
}

async function answerTo(form, json, options = {}) {
  if (form.dataset.passkey === 'create') return navigator.credentials.create({ publicKey: creationOptions(json) });
  return navigator.credentials.get({ publicKey: requestOptions(json), ...options });
}

/** By a button: the browser shows what it has, the authenticator asks for the person. */
function byButton(form) {
  const button = form.querySelector('[data-passkey-button]');
  const said = form.querySelector('[data-passkey-status]');
  const answer = form.querySelector('[name=credential]');
  if (!supported) {
    form.querySelector('[data-passkey-unsupported]').hidden = false;
    return;
  }
  button.hidden = false;

  async function ask() {
    said.textContent = said.dataset.working;
    button.setAttribute('aria-disabled', 'true');
    try {
      const json = await challengeFor(form);
      if (!json) return;
      answer.value = JSON.stringify(toJson(await answerTo(form, json)));
      form.requestSubmit(button);
    } catch (error) {
      said.textContent = error.name === 'InvalidStateError' ? said.dataset.known : said.dataset.failed;
    } finally {
      button.removeAttribute('aria-disabled');
    }
  }

  form.addEventListener('submit', (event) => {
    // A switch of language goes without an answer.
    if (answer.value !== '' || event.submitter?.closest('.switches')) return;
    event.preventDefault();
    event.stopPropagation();
    if (!button.getAttribute('aria-disabled')) void ask();
  });
  addEventListener('pageshow', () => (answer.value = ''));
}

/** Offered among the names that the browser fills in. A challenge that grows old is exchanged for another. */
async function offered(form) {
  if (!supported || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  const ending = new AbortController();
  try {
    const json = await challengeFor(form);
    if (!json) return;
    setTimeout(() => ending.abort('renewed'), json.timeout * 0.9);
    const credential = await answerTo(form, json, { mediation: 'conditional', signal: ending.signal });
    form.querySelector('[name=credential]').value = JSON.stringify(toJson(credential));
    form.requestSubmit();
  } catch {
    // Nobody chose one, or the browser would rather not: the page works without.
    if (ending.signal.aborted) void offered(form);
  }
}

for (const form of document.querySelectorAll('[data-passkey]')) {
  if (form.dataset.passkey === 'conditional') void offered(form);
  else byButton(form);
}
