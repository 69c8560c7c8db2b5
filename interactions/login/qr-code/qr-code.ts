import type { HandoverLogin } from '../../login-method.ts';

/** 扫码登录 – a phone that is signed in scans the code and confirms (LOG-06). */
export function qrCodeLogin(): HandoverLogin {
  return { name: 'qr-code', shape: 'handover' };
}
