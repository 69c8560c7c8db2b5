import { systemClock } from '../domain/clock.ts';
import { createLog } from '../http/log.ts';
import type { Command } from './command.ts';
import { openStores } from './open.ts';

const help = 'npm run audit:verify   walks the chain of the audit log; exit code 1 when an entry does not fit\n';

export const runAuditVerify: Command = async (configuration, args, { stdout }) => {
  if (args.includes('--help')) {
    stdout.write(help);
    return 0;
  }
  const log = createLog({ level: configuration.environment.logLevel });
  const { adapters } = await openStores(configuration, { clock: systemClock, log });
  try {
    const { checked, brokenAt, unsealed } = await adapters.audit.verify();
    stdout.write(`${checked} entries checked, ${unsealed} not sealed yet\n`);
    if (brokenAt === undefined) return 0;
    stdout.write(`the chain is broken at entry ${brokenAt}\n`);
    return 1;
  } finally {
    await adapters.close();
  }
};
