import type { Configuration } from '../../config/configuration.ts';
import { serve } from './serve.ts';

/** Serves until the process is asked to stop. */
export async function start(configuration: Configuration, process: NodeJS.Process): Promise<number> {
  const { environment } = configuration;
  const openSandbox = environment.sandbox ? (await import('./sandbox.ts')).openSandbox : undefined;
  const running = await serve(configuration, openSandbox);
  if (!environment.production) process.stdout.write(addresses(configuration, running.awaited));
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
  await running.stop();
  return 0;
}

function addresses({ environment: { issuer, sandbox }, profile }: Configuration, awaited: readonly string[]): string {
  const lines = [
    ['sign in', `${issuer}/login`],
    ['account centre', `${issuer}/account`],
    ['discovery', `${issuer}/.well-known/openid-configuration`],
    ...(sandbox ? [['sandbox: people, messages, demonstration services', `${issuer}/sandbox`]] : []),
  ];
  const state = awaited.length === 0 ? 'is ready' : `has started and waits for ${awaited.join(' and ')} to answer`;
  return `Minxin, profile ${profile.name}, ${state}:\n${lines.map(([what, where]) => `  ${where}  ${what}\n`).join('')}`;
}
