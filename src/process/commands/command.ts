import type { Configuration } from '../../config/configuration.ts';

/** One command of the command line. Answers the exit code. */
export type Command = (configuration: Configuration, args: readonly string[], process: NodeJS.Process) => Promise<number>;
