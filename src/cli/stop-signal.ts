import { SeqkitError } from '../base/errors.js';
import { note } from './output.js';

/** Ctrl-C, what asks a process to end, and a terminal that is closed. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What becomes of a signal outside the training itself; undefined where that is left to the system. */
let outside: ((signal: NodeJS.Signals) => void) | undefined;

/**
 * Says in one line that a training command was stopped where there is nothing to save: before its training, or
 * after it. From then on signals wait for a step of the event loop.
 */
export function announceStops(): void {
  outside = (signal) => {
    note(`stopped: by ${signal}, outside the training. What was saved before stands.`);
    process.exit(130);
  };
  for (const signal of signals) process.on(signal, outside);
}

/**
 * Lets Ctrl-C end a training after the step in hand, so that its state can be saved. A second one ends
 * the process at once.
 * @param work gets a signal to hand on to the training
 */
export async function stoppable<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const control = new AbortController();
  const stop = (): void => {
    // The default comes back: who insists is not kept waiting.
    for (const signal of signals) process.off(signal, stop);
    note('\nStopping after this step. Once more to end at once.');
    control.abort();
  };
  for (const signal of signals) {
    if (outside) process.off(signal, outside);
    process.on(signal, stop);
  }
  try {
    return await work(control.signal);
  } finally {
    for (const signal of signals) {
      process.off(signal, stop);
      if (outside) process.on(signal, outside);
    }
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
