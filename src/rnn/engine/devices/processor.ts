import { IS_NODE } from '../../../base/host/platform.js';

/** The processor's name, where the host tells it. */
export async function processorName(): Promise<string> {
  if (!IS_NODE) return 'this processor';
  const name = 'node:os';
  const os = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as typeof import('node:os');
  return os.cpus()[0]?.model.trim() || os.arch();
}
