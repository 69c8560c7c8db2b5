import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { runWatched } from '../support/watched.ts';

const silenceMs = 300_000;

// Only what this file waits for goes by the clock of the test: whoever is watched runs as fast as the machine does.
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
});

async function watches(code: string, hears: (line: string) => void = () => {}, interruption?: AbortSignal) {
  let said = '';
  const outcome = await runWatched(process.execPath, ['-e', code], {
    silenceMs,
    ...(interruption ? { interruption } : {}),
    say: (text) => {
      said += text.toString();
      hears(text.toString());
    },
  });
  return { outcome, said };
}

const forever = 'setInterval(() => {}, 1000)';

describe('a suite of tests that is watched', () => {
  it('says all it has to say, and its exit code is its own', async () => {
    expect(await watches(`console.log('one'); console.error('two'); process.exitCode = 3`)).toEqual({
      outcome: 3,
      said: expect.stringMatching(/^(one\ntwo|two\none)\n$/),
    });
  });

  it('may take longer than it may be silent, as long as it speaks', async () => {
    let minutes = 0;
    const asked = `let n = 0; const say = () => console.log(process.pid);
      process.on('SIGUSR2', () => (n += 1) === 3 ? process.exit(0) : say()); say(); ${forever}`;
    const { outcome } = await watches(asked, (line) => {
      minutes += 4;
      jest.advanceTimersByTime(4 * 60_000);
      process.kill(Number(line), 'SIGUSR2');
    });
    expect(outcome).toBe(0);
    expect(minutes).toBe(12);
  });

  it('is ended when it says nothing more', async () => {
    expect(await watches(`console.log('one'); ${forever}`, () => jest.advanceTimersByTime(silenceMs))).toEqual({
      outcome: 'it said nothing for 5 minutes',
      said: 'one\n',
    });
  });

  it('is ended when the whole run is interrupted', async () => {
    const interruption = new AbortController();
    expect(await watches(`console.log('one'); ${forever}`, () => interruption.abort('SIGINT'), interruption.signal)).toEqual({
      outcome: 'it was interrupted (SIGINT)',
      said: 'one\n',
    });
  });
});
