const said = new Set<string>();

/**
 * Says on the console that something runs on one thread since others cannot start: once for each such thing, since all
 * models of a page fare alike. Nobody asked for threads, so nobody waits for an answer; yet it is slower.
 * @param what the subject of the sentence, such as `The wasm engine`
 */
export function sayAlone(what: string, error: unknown): void {
  if (said.has(what)) return;
  said.add(what);
  const reason = error instanceof Error ? error.message : 'they did not start';
  console.warn(`${what} of seqkit runs on one thread: others cannot start here (${reason}).`);
}
