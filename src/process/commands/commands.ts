import { mailGateways, smsGateways } from '../../../adapters/drivers.ts';
import { questionIds } from '../../../interactions/help/questions.ts';
import { loginMethodNames, proofingMethodNames, upstreamNames } from '../../../interactions/registry.ts';
import type { KnownNames } from '../../config/configuration.ts';
import type { Command } from './command.ts';

/** Names that only the registries know. */
export const knownNames: KnownNames = {
  loginMethods: [...loginMethodNames, ...upstreamNames],
  proofingMethods: proofingMethodNames,
  questions: questionIds,
  smsGateways: Object.keys(smsGateways),
  mailGateways: Object.keys(mailGateways),
};

/** Every command of the command line; loaded when it is called. */
export const commands: Readonly<Record<string, Command>> = {
  serve: async (configuration, _, process) => (await import('./start.ts')).start(configuration, process),
  migrate: async (...call) => (await import('./migrate.ts')).runMigrate(...call),
  keys: async (...call) => (await import('./keys.ts')).runKeys(...call),
  operator: async (...call) => (await import('./operator.ts')).runOperator(...call),
  import: async (...call) => (await import('./import.ts')).runImport(...call),
  'audit:verify': async (...call) => (await import('./audit-verify.ts')).runAuditVerify(...call),
};
