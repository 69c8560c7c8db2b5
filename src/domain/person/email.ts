/** E-mail addresses that our mail can reach: ASCII throughout (RFC 5321), because not every gateway speaks RFC 6531. */

/** Why an address is refused; part of a locale key. */
export type EmailReason = 'form' | 'non-ascii' | 'length';

export type EmailCheck = { ok: true; canonical: string } | { ok: false; reason: EmailReason };

const dotAtom = /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const hostname = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/;

/**
 * The address as it is kept: without space around it, in lower case, because hardly any mail server tells `Li@` from
 * `li@` and nobody expects two people behind them.
 *
 * @param text - as typed
 */
export function checkEmail(text: string): EmailCheck {
  const canonical = text.normalize('NFKC').trim().toLowerCase();
  if (!/^[\x21-\x7e]*$/.test(canonical)) return { ok: false, reason: 'non-ascii' };
  const at = canonical.lastIndexOf('@');
  const [local, domain] = [canonical.slice(0, at), canonical.slice(at + 1)];
  if (canonical.length > 254 || local.length > 64) return { ok: false, reason: 'length' };
  return dotAtom.test(local) && hostname.test(domain) ? { ok: true, canonical } : { ok: false, reason: 'form' };
}
