import { secondsAfter, systemClock } from '../../domain/clock.ts';
import { publishSeconds } from '../../domain/keys/rotation.ts';
import type { SigningKey } from '../../domain/keys/signing-keys.ts';
import { createLog } from '../../http/log.ts';
import {
  activateSigningKey,
  keyAlgorithms,
  publishSigningKey,
  withdrawSigningKey,
  type KeyAlgorithm,
  type KeyRingDeps,
} from '../../oidc/key-ring.ts';
import { rewrapDataKeys, type DataKeyStore } from '../../domain/keys/data-keys.ts';
import type { Command } from './command.ts';
import { openStores } from './open.ts';

const help = `npm run keys                                list the signing keys
npm run keys -- rotate [ES256|RS256|EdDSA]  publish a new key; it signs by itself after ${publishSeconds / 60} minutes
npm run keys -- activate <kid>              let a published key sign now
npm run keys -- withdraw <kid>              emergency: the key leaves the key set at once, another signs in its place, and
                                            all that it signed is refused
npm run keys -- rewrap [--dry-run]          wrap every data key by the newest key-encryption key; may be stopped and started again
`;

export const runKeys: Command = async (configuration, args, { stdout }) => {
  const [name = 'list', operand] = args;
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!action) {
    stdout.write(help);
    return name === '--help' ? 0 : 1;
  }
  const log = createLog({ level: configuration.environment.logLevel });
  const { adapters } = await openStores(configuration, { clock: systemClock, log });
  try {
    const { signingKeys, dataKeys, unitOfWork } = adapters;
    return await action({ store: signingKeys, dataKeys, unitOfWork, clock: systemClock }, stdout, operand);
  } finally {
    await adapters.close();
  }
};

interface KeyDeps extends KeyRingDeps {
  readonly dataKeys: DataKeyStore;
}

type Action = (deps: KeyDeps, out: NodeJS.WritableStream, operand: string | undefined) => Promise<number>;

/** Rows of one transaction: a few milliseconds of locks. */
const rewrapBatch = 500;

async function list({ store }: KeyRingDeps, out: NodeJS.WritableStream): Promise<number> {
  out.write((await store.list()).map(line).join(''));
  return 0;
}

const actions: Readonly<Record<string, Action>> = {
  list,

  async rotate(deps, out, alg = 'ES256') {
    if (!isKeyAlgorithm(alg)) return refuse(out, `${alg} is none of ${keyAlgorithms.join(', ')}`);
    const key = await publishSigningKey(deps, alg);
    out.write(`${line(key)}it signs from ${secondsAfter(key.publishedAt, publishSeconds).toISOString()}\n`);
    return 0;
  },

  async activate(deps, out, kid = '') {
    return (await activateSigningKey(deps, kid)) ? 0 : refuse(out, `no key ${kid} is published and waits to sign`);
  },

  async withdraw(deps, out, kid = '') {
    if (!(await withdrawSigningKey(deps, kid))) return refuse(out, `no key ${kid} can be withdrawn`);
    return list(deps, out);
  },

  async rewrap({ dataKeys, unitOfWork, clock }, out, flag) {
    if (flag !== undefined && flag !== '--dry-run') return refuse(out, help);
    for (const table of dataKeys.tables) {
      const { all, earlier } = await dataKeys.count(table);
      out.write(`${table.padEnd(12)}  ${earlier} of ${all} data keys are wrapped by an earlier key or cipher\n`);
    }
    if (flag === undefined) {
      for await (const { table, done } of rewrapDataKeys({ store: dataKeys, unitOfWork, clock }, rewrapBatch)) {
        out.write(`${table.padEnd(12)}  ${done} done\n`);
      }
    }
    const { rows, until } = await dataKeys.state(clock.now());
    if (until)
      out.write(`${rows} sessions, grants and tokens need an earlier key or cipher until they expire, the last ${until.toISOString()}\n`);
    return 0;
  },
};

function isKeyAlgorithm(text: string): text is KeyAlgorithm {
  return (keyAlgorithms as readonly string[]).includes(text);
}

function line({ kid, alg, state, createdAt }: SigningKey): string {
  return `${kid}  ${alg.padEnd(5)}  ${state.padEnd(9)}  since ${createdAt.toISOString()}\n`;
}

function refuse(out: NodeJS.WritableStream, text: string): number {
  out.write(`${text}\n`);
  return 1;
}
