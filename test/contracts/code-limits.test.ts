import { randomInt } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createFileVault } from '../../adapters/keys/file-vault.ts';
import { issueOtp, type Asker, type OtpRequest } from '../../src/domain/authenticator/otp.ts';
import { Refused } from '../../src/domain/refused.ts';
import { movableClock } from '../support/movable-clock.ts';
import { testSecrets } from '../support/stores.ts';
import { shortLivedBackends, type Backend } from './short-lived-backends.ts';

const backends = await shortLivedBackends();
afterAll(() => Promise.all(backends.map((backend) => backend.close())));

const policy = { cooldownSeconds: 60, perHour: 5, perDay: 10, perAddressHour: 300, totalPerHour: 100_000, ttlSeconds: 300, attempts: 5 };

type Wish = Partial<Omit<OtpRequest, 'mobile' | 'email'>> & { readonly mobile?: string };

/** Asks for codes; says how each wish was answered and what was sent. */
function scene({ otps, quotas }: Backend, sms: Partial<typeof policy> = {}) {
  const clock = movableClock();
  const sent: string[] = [];
  const reached: Asker[] = [];
  const deps = {
    otps,
    quotas,
    clock,
    vault: createFileVault(testSecrets()),
    sms: { ...policy, ...sms },
    budgetReached: (asker: Asker) => void reached.push(asker),
    unitOfWork: {
      async commit(_: string, writes: readonly { readonly write: string; readonly message?: { suppressed: boolean; payload: object } }[]) {
        for (const { message } of writes) if (message?.suppressed === false) sent.push((message.payload as { to: string }).to);
      },
    },
  };
  const asks = async ({ mobile = '13800000001', ...wish }: Wish = {}): Promise<string> => {
    const request: OtpRequest = {
      purpose: 'login',
      scope: String(randomInt(1e9)),
      mobile,
      deliver: true,
      asker: 'stranger',
      soughtBy: undefined,
      address: undefined,
      locale: 'zh-CN',
      requestId: undefined,
      ...wish,
    };
    try {
      await issueOtp(deps, request);
      return 'sent';
    } catch (error) {
      if (error instanceof Refused) return error.code;
      throw error;
    } finally {
      clock.advance(61_000);
    }
  };
  const times = async (count: number, wish: Wish): Promise<readonly string[]> => {
    const answers: string[] = [];
    for (let index = 0; index < count; index += 1) answers.push(await asks(wish));
    return answers;
  };
  return { asks, times, sent, reached, clock };
}

const fiveOfSix = [...Array<string>(5).fill('sent'), 'otp.hour-limit'];

describe.each(backends)('limits of codes, counted in $name', (backend) => {
  it('strangers use up none of those of known devices, nor the other way round', async () => {
    const { times, sent } = scene(backend);
    expect(await times(6, {})).toEqual(fiveOfSix);
    expect(await times(6, { asker: 'known' })).toEqual(fiveOfSix);
    expect(sent).toHaveLength(10);
  });

  it('ten in 24 hours, for each of the two', async () => {
    const { times, clock } = scene(backend);
    await times(5, {});
    clock.advance(3_600_000);
    expect(await times(5, {})).toEqual(Array(5).fill('sent'));
    clock.advance(3_600_000);
    expect(await times(1, {})).toEqual(['otp.day-limit']);
    expect(await times(1, { asker: 'known' })).toEqual(['sent']);
  });

  it('whoever came by a document number is answered by what was typed, and the mobile gets no more than its five', async () => {
    const { times, sent } = scene(backend);
    expect(await times(6, {})).toEqual(fiveOfSix);
    // Nothing shows of the five: the same as for a document of somebody else.
    expect(await times(6, { soughtBy: 'document' })).toEqual(fiveOfSix);
    expect(await times(6, { soughtBy: 'of-nobody', mobile: '1380000wxyz', deliver: false })).toEqual(fiveOfSix);
    expect(sent).toHaveLength(5);
  });

  it('what was sent by way of a document does not show where the mobile is typed', async () => {
    const { times, sent } = scene(backend);
    await times(5, { soughtBy: 'document' });
    expect(sent).toHaveLength(5);
    expect(await times(6, {})).toEqual(fiveOfSix);
    expect(sent).toHaveLength(5);
  });

  it('an unknown number is limited like a known one', async () => {
    const { times, sent } = scene(backend);
    expect(await times(6, { deliver: false })).toEqual(fiveOfSix);
    expect(sent).toEqual([]);
  });

  it('all people together have a budget of the hour, strangers and known devices apart, and somebody is told', async () => {
    const { asks, reached, sent, clock } = scene(backend, { totalPerHour: 3 });
    // One budget for everybody is one key: it may be used up by other tests of this store.
    clock.advance(randomInt(1, 1000) * 86_400_000);
    const answers: string[] = [];
    for (let index = 0; index < 4; index += 1) answers.push(await asks({ mobile: `1380000001${index}`, deliver: index !== 1 }));
    expect(answers).toEqual(['sent', 'sent', 'sent', 'service.busy']);
    expect(await asks({ mobile: '13800000019', deliver: false })).toBe('service.busy');
    expect(await asks({ asker: 'known' })).toBe('sent');
    expect(sent).toHaveLength(3);
    expect(reached).toEqual(['stranger', 'stranger']);
  });

  it('who asks at once gets no more than who asks one after the other', async () => {
    const { asks, sent } = scene(backend, { cooldownSeconds: 1, perHour: 5 });
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => asks({ soughtBy: `way-${index}` })));
    expect(answers.filter((answer) => answer === 'sent')).toHaveLength(30);
    expect(sent).toHaveLength(5);
  });
});
