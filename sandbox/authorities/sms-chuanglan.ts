import { randomUUID } from 'node:crypto';
import type { Clock } from '../../src/domain/clock.ts';
import { createFlowControl } from './flow-control.ts';
import { jsonObject, startSimulator } from './simulator.ts';
import type { SimulatorRequest, SimulatorTiming } from './simulator.ts';
import { rememberAccepted } from './sms-simulator.ts';
import type { SmsSimulator } from './sms-simulator.ts';

export interface ChuanglanOptions {
  readonly clock: Clock;
  /** Registered signature, without its brackets. */
  readonly signature: string;
  readonly timing?: SimulatorTiming;
}

/** The vendor and the account it gave to the platform. */
export interface ChuanglanServer extends SmsSimulator {
  readonly account: string;
  readonly password: string;
}

/** 创蓝云智 253: `POST /msg/v1/send/json`; everything, errors too, with status 200 and codes that are strings. */
export async function startChuanglan({ clock, signature, timing }: ChuanglanOptions): Promise<ChuanglanServer> {
  const account = `YZM${Math.floor(clock.now().getTime() / 1000)}`;
  const password = randomUUID().slice(0, 8);
  const accepted = rememberAccepted();
  const daily = createFlowControl([{ limit: 10, milliseconds: 24 * 60 * 60 * 1000 }]);

  const codeFor = (request: SimulatorRequest): string => {
    const members = jsonObject(request.body);
    if (!members) return '129';
    const { msg, phone, uid } = members;
    if (members['account'] !== account) return '101';
    if (members['password'] !== password) return '102';
    if (typeof msg !== 'string' || typeof phone !== 'string') return '130';
    if (!msg.startsWith(`【${signature}】`) || msg === `【${signature}】`) return '116';
    if (!/^1\d{10}$/.test(phone)) return '107';
    if (request.overQuota) return '103';
    if (daily.take(phone, request.receivedAt)) return '120';
    accepted.add({ id: String(uid), to: phone, content: msg, acceptedAt: request.receivedAt });
    return '0';
  };

  const simulator = await startSimulator({
    clock,
    ...(timing && { timing }),
    answer: async (request) => {
      if (request.url.pathname !== '/msg/v1/send/json') return { status: 404, body: '' };
      const code = codeFor(request);
      const msgId = code === '0' ? randomUUID().replaceAll('-', '') : '';
      return {
        status: 200,
        body: JSON.stringify({ code, msgId, errorMsg: code === '0' ? '' : `error ${code}`, time: stamp(request.receivedAt) }),
      };
    },
  });
  return { ...simulator, account, password, accepted: accepted.list };
}

/** `yyyyMMddHHmmss` in China. */
function stamp(at: Date): string {
  return new Date(at.getTime() + 8 * 60 * 60 * 1000).toISOString().replace(/\D/g, '').slice(0, 14);
}
