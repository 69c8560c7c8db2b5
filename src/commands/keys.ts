import { randomUUID } from 'node:crypto';
import { systemClock } from '../domain/clock.ts';
import { publishSeconds } from '../domain/keys/rotation.ts';
import type { SigningKey, SigningKeyStore } from '../domain/keys/signing-keys.ts';
import { createLog } from '../http/log.ts';
import { keyAlgorithms, makeSigningKey, type KeyAlgorithm } from '../oidc/key-ring.ts';
import type { Command } from './command.ts';
import { openStores } from './open.ts';

const help = `npm run keys                              list the signing keys
npm run keys -- rotate [ES256|RS256|EdDSA]  publish a new key; it signs by itself after ${publishSeconds / 60} minutes
npm run keys -- activate <kid>              let a published key sign now (emergency)
npm run keys -- retire <kid>                stop a key from signing once another of its algorithm signs; it stays published
                                            until its tokens have expired
`;

export const runKeys: Command = async (configuration, args, { stdout }) => {
  const [action = 'list', operand] = args;
  if (action === '--help') {
    stdout.write(help);
    return 0;
  }
  const log = createLog({ level: configuration.environment.logLevel });
  const { adapters } = await openStores(configuration, { clock: systemClock, log });
  const { signingKeys: store, unitOfWork } = adapters;
  const now = systemClock.now();
  const record = (kid: string, reason: string) =>
    unitOfWork.commit('rotate-key', [
      {
        write: 'audit.append',
        event: {
          id: randomUUID(),
          at: now,
          event: 'key.rotated',
          accountId: undefined,
          clientId: undefined,
          requestId: undefined,
          details: { keyId: kid, reason },
        },
      },
    ]);
  try {
    switch (action) {
      case 'list':
        stdout.write((await store.list()).map(line).join(''));
        return 0;
      case 'rotate': {
        const alg = operand ?? 'ES256';
        if (!isKeyAlgorithm(alg)) return refuse(stdout, `${alg} is none of ${keyAlgorithms.join(', ')}`);
        const key = await makeSigningKey(alg, 'published', now);
        await store.insert(key);
        await record(key.kid, 'published');
        stdout.write(`${line(key)}it signs from ${new Date(now.getTime() + publishSeconds * 1000).toISOString()}\n`);
        return 0;
      }
      case 'activate':
      case 'retire': {
        const state = action === 'activate' ? 'active' : 'retired';
        if (state === 'retired' && !(await hasSuccessor(store, operand))) return refuse(stdout, 'no other key of its algorithm signs; activate one first');
        if (!operand || !(await store.setState(operand, state, now))) return refuse(stdout, `no key ${operand ?? ''} can be made ${state}`);
        await record(operand, state);
        return 0;
      }
      default:
        return refuse(stdout, help);
    }
  } finally {
    await adapters.close();
  }
};

async function hasSuccessor(store: SigningKeyStore, kid: string | undefined): Promise<boolean> {
  const keys = await store.list();
  const key = keys.find((candidate) => candidate.kid === kid);
  return keys.some(({ alg, state, kid: other }) => alg === key?.alg && state === 'active' && other !== kid);
}

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
