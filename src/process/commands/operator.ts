import { identifierCandidates } from '../../domain/authenticator/identify.ts';
import { systemClock } from '../../domain/clock.ts';
import { createLog } from '../../http/log.ts';
import type { Command } from './command.ts';
import { openStores } from './open.ts';
import { audited } from '../../domain/audit/record.ts';

/** Roles an operator may have; the console that uses them comes later, the separation is in the schema from the start (D14). */
const operatorRoles = ['system', 'security', 'audit', 'reviewer', 'counter', 'clients'] as const;

const help = `npm run operator -- <username or mobile> <${operatorRoles.join('|')}>
gives a registered account an operator role
`;

export const runOperator: Command = async (configuration, args, { stdout }) => {
  const [identifier, role] = args;
  if (!identifier || !role || identifier === '--help') {
    stdout.write(help);
    return identifier === '--help' ? 0 : 1;
  }
  if (!(operatorRoles as readonly string[]).includes(role)) {
    stdout.write(`${role} is none of ${operatorRoles.join(', ')}\n`);
    return 1;
  }
  const { adapters } = await openStores(configuration, {
    clock: systemClock,
    log: createLog({ level: configuration.environment.logLevel }),
  });
  try {
    const now = systemClock.now();
    const { accounts, unitOfWork } = adapters;
    const candidates = identifierCandidates(identifier, ['username', 'mobile'], [], now);
    const account = await accounts.byFirst(candidates);
    if (!account) {
      stdout.write('there is no such account; it must be registered first\n');
      return 1;
    }
    await unitOfWork.commit('appoint-operator', [
      { write: 'operator-role.put', accountId: account.id, role, at: now },
      audited('operator.appointed', now, { accountId: account.id }, { role }),
    ]);
    stdout.write(`done: ${role}\n`);
    return 0;
  } finally {
    await adapters.close();
  }
};
