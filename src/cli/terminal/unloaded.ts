/**
 * Says why seqkit itself could not be loaded, where that is the machine's: its own files are too many for a process
 * that may open next to none. Imports nothing, since nothing more can be opened.
 * @returns false for an error of another kind
 */
export function tellUnloaded(error: unknown, { json }: { json: boolean }): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  if (code !== 'EMFILE' && code !== 'ENFILE') return false;
  const message = `Not all of seqkit could be loaded: ${code === 'EMFILE' ? 'this process' : 'the system'} may not open more files.`;
  const hint = 'Raise the limit, 256 or more: see ulimit -n.';
  process.stderr.write(
    json
      ? `${JSON.stringify({ error: { code: 'resources', message, hint } })}\n`
      : `error: ${message}\n${hint}\n`,
  );
  return true;
}
