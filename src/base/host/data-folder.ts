import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where seqkit keeps what the user gave it, as the system has it: `SEQKIT_DATA` where that is set, `XDG_DATA_HOME` or
 * ~/.local/share, on macOS ~/Library/Application Support, on Windows %LOCALAPPDATA%; in each a folder `seqkit`. It
 * may not be there yet.
 */
export function dataFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: string = process.platform,
): string {
  const own = env['SEQKIT_DATA'];
  if (own) return own;
  const home = homedir();
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'seqkit');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'seqkit');
  return join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'seqkit');
}

/** The path of a file there. */
export function dataFile(name: string): string {
  return join(dataFolder(), name);
}
