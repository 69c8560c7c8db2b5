/* Goes on by itself, unless it would come back here. The form's own `action` and `submit` may be hidden by fields of those names. */
const form = document.querySelector('[data-continue]');
const { origin, pathname } = new URL(form.getAttribute('action'), location.href);
if (origin !== location.origin || pathname !== location.pathname) HTMLFormElement.prototype.submit.call(form);
