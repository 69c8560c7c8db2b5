import { domainToASCII } from 'node:url';
import { fold } from '../folding.ts';

/** E-mail addresses that our mail can reach: ASCII in front of the @ (RFC 5321), as not every gateway speaks RFC 6531. */

/** Why an address is refused; part of a locale key. */
export type EmailReason = 'empty' | 'form' | 'non-ascii' | 'domain' | 'length';

export type EmailCheck = { readonly ok: true; readonly canonical: string } | { readonly ok: false; readonly reason: EmailReason };

/** Dot-atom of RFC 5322; quoted local parts exist only in test suites. */
const dotAtom = /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const hostname = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/;

/** RFC 5321, 4.5.3.1. */
const longest = { local: 64, address: 254 };

/**
 * The address as it is kept, compared and sent to: half-width, without space around it, in lower case, because hardly
 * any mail server tells `Li@` from `li@` and nobody expects two people behind them; the domain in ASCII (IDNA).
 *
 * @param typed - as typed
 */
export function checkEmail(typed: string): EmailCheck {
  const text = fold('email', typed);
  if (text === '') return refuse('empty');
  const at = text.lastIndexOf('@');
  const [local, wanted] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
  if (at < 1 || wanted === '' || /\s/.test(text)) return refuse('form');
  if (/[^\x21-\x7e]/.test(local)) return refuse('non-ascii');
  if (!dotAtom.test(local)) return refuse('form');
  const domain = domainToASCII(wanted);
  if (!hostname.test(domain)) return refuse('domain');
  const canonical = `${local}@${domain}`;
  return local.length > longest.local || canonical.length > longest.address ? refuse('length') : { ok: true, canonical };
}

function refuse(reason: EmailReason): EmailCheck {
  return { ok: false, reason };
}
