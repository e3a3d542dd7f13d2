import { SeqkitError } from '../../base/errors.js';
import { stopSignals, suspendAnnouncing } from './early-stop.js';
import { note } from './output.js';

/**
 * Lets Ctrl-C end a training after the step in hand, so that its state can be saved. A second one ends
 * the process at once.
 * @param work gets a signal to hand on to the training
 * @param announcement what is said when the signal comes
 */
export async function stoppable<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  announcement = 'Stopping after this step.',
): Promise<Result> {
  const control = new AbortController();
  const stop = (): void => {
    // The default comes back: who insists is not kept waiting.
    for (const signal of stopSignals) process.off(signal, stop);
    note(`\n${announcement} Once more to end at once.`);
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
