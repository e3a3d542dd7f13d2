import { SeqkitError } from '../base/errors.js';
import { stopSignals, suspendAnnouncing } from './early-stop.js';
import { note } from './output.js';

/**
 * Lets Ctrl-C end a training after the step in hand, so that its state can be saved. A second one ends
 * the process at once.
 * @param work gets a signal to hand on to the training
 */
export async function stoppable<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const control = new AbortController();
  const stop = (): void => {
    // The default comes back: who insists is not kept waiting.
    for (const signal of stopSignals) process.off(signal, stop);
    note('\nStopping after this step. Once more to end at once.');
    control.abort();
  };
  const announceAgain = suspendAnnouncing();
  for (const signal of stopSignals) process.on(signal, stop);
  try {
    return await work(control.signal);
  } finally {
    for (const signal of stopSignals) process.off(signal, stop);
    announceAgain();
  }
}

/** What a command throws when it was stopped and has saved its state; the exit status is 130. */
export function stoppedError(message: string, hint: string): SeqkitError {
  return new SeqkitError(message, { code: 'stopped', hint });
}

/** The command line in hand as a shell takes it, with `extra` at its end. */
export function commandLine(extra: string): string {
  const typed = process.argv.slice(2).filter((arg) => arg !== extra);
  return ['seqkit', ...typed.map(quoted), extra].join(' ');
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w./+:=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
