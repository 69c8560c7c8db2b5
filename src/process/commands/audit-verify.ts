import { systemClock } from '../../domain/clock.ts';
import { createLog } from '../../http/log.ts';
import type { Command } from './command.ts';
import { openStores } from './open.ts';

const help = `npm run audit:verify                walks the chain of the audit log up to its newest anchor and on; exit code 1 when
                                    an entry does not fit, the beginning or the end is missing, or no anchor vouches for it
npm run audit:verify -- <anchor>    the same, with an anchor that was kept elsewhere (the log event audit.anchored)
`;

export const runAuditVerify: Command = async (configuration, args, { stdout }) => {
  if (args.includes('--help')) {
    stdout.write(help);
    return 0;
  }
  const log = createLog({ level: configuration.environment.logLevel });
  const { adapters } = await openStores(configuration, { clock: systemClock, log });
  try {
    const { checked, brokenAt, unsealed, anchored, expired } = await adapters.audit.verify(args[0]);
    stdout.write(`${checked} entries checked, ${unsealed} not sealed yet\n`);
    if (expired > 0) stdout.write(`${expired} entries before them had their time\n`);
    if (brokenAt !== undefined) stdout.write(`the chain is broken at entry ${brokenAt}\n`);
    stdout.write(anchored === undefined ? 'no anchor of ours vouches for its end\n' : `an anchor vouches for it up to entry ${anchored}\n`);
    return brokenAt === undefined && anchored !== undefined ? 0 : 1;
  } finally {
    await adapters.close();
  }
};
