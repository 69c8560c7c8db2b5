import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { issueCaptcha, passCaptcha, puzzleBits, shownAnswer } from '../../../src/domain/authenticator/captcha.ts';
import type { CaptchaStore } from '../../../src/domain/short-lived.ts';

const clock = { now: () => new Date('2026-03-01T08:00:00Z') };

/** Of one captcha. */
function store(): CaptchaStore & { readonly answer: string; stored: string } {
  return {
    stored: '',
    get answer() {
      return shownAnswer(this.stored);
    },
    async put(_, answer) {
      this.stored = answer;
    },
    async read() {
      return this.stored;
    },
    async redeem(_, answer) {
      return answer === this.stored ? 'ok' : 'wrong';
    },
  };
}

async function issued(length = 4): Promise<ReturnType<typeof store>> {
  const captchas = store();
  await issueCaptcha({ captchas, clock }, { login: 'always', failures: 3, length, alphabet: 'alphanumeric' }, 'browser');
  return captchas;
}

async function charactersSeen(): Promise<ReadonlySet<string>> {
  const answers = await Promise.all(Array.from({ length: 200 }, () => issued(8)));
  return new Set(answers.flatMap(({ answer }) => [...answer]));
}

describe('the characters of a captcha', () => {
  it.each(['0ODQC', '1I7', '1IL', '2Z', '5S', '8B3', '6G', '69', '9GQ4', 'UVWY', 'MW', 'EF', 'PR', 'HN', 'MN'])(
    'has no two of %s, and a capital and its small letter count as one',
    async (alike) => {
      const drawn = [...(await charactersSeen())].filter((character) => alike.includes(character.toUpperCase()));
      expect(drawn.length).toBeLessThanOrEqual(1);
    },
  );

  it('are enough: four of them leave a guess no better a chance than four digits do', async () => {
    expect((await charactersSeen()).size ** 4).toBeGreaterThan(10 ** 4);
  });
});

describe('the answer of a captcha', () => {
  const fullWidth = (text: string) => text.replaceAll(/./g, (character) => String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0));

  it.each<[string, (answer: string) => string]>([
    ['as it is', (answer) => answer],
    ['in small letters', (answer) => answer.toLowerCase()],
    ['in full-width characters', fullWidth],
    ['with spaces', (answer) => ` ${[...answer].join(' ')} `],
  ])('may be typed %s', async (_, typed) => {
    const captchas = await issued();
    await expect(
      passCaptcha({ captchas, clock }, { browser: 'browser', id: 'any', answer: typed(captchas.answer), proof: undefined }),
    ).resolves.toBeUndefined();
  });

  it('is wrong when a character is', async () => {
    const captchas = await issued();
    const other = captchas.answer.startsWith('A') ? 'C' : 'A';
    const answer = other + captchas.answer.slice(1);
    await expect(passCaptcha({ captchas, clock }, { browser: 'browser', id: 'any', answer, proof: undefined })).rejects.toMatchObject({
      code: 'captcha.wrong',
    });
  });

  it('is right only in the browser that got the picture', async () => {
    const captchas = await issued();
    const { answer } = captchas;
    await expect(passCaptcha({ captchas, clock }, { browser: 'another', id: 'any', answer, proof: undefined })).rejects.toMatchObject({
      code: 'captcha.wrong',
    });
  });

  it('is the work of a machine as well, for that browser alone', async () => {
    const captchas = await issued();
    const proof = proofFor('any');
    await expect(passCaptcha({ captchas, clock }, { browser: 'another', id: 'any', answer: '', proof })).rejects.toMatchObject({
      code: 'captcha.wrong',
    });
    await expect(passCaptcha({ captchas, clock }, { browser: 'browser', id: 'any', answer: '', proof })).resolves.toBeUndefined();
  });
});

function proofFor(id: string): string {
  for (let counter = 0; ; counter += 1) {
    const head = createHash('sha256').update(`${id}:${counter}`).digest().readUInt32BE(0);
    if (Math.clz32(head) >= puzzleBits) return String(counter);
  }
}
