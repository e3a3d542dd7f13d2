// Nothing is imported here: this runs before the rest is loaded.

/** Ctrl-C, what asks a process to end, and a terminal that is closed. */
export const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

let isAnnounced = false;

function announce(signal: NodeJS.Signals): void {
  process.stderr.write(`stopped: by ${signal}, outside the training. What was saved before stands.\n`);
  process.exit(130);
}

/**
 * Says in one line that a training command was stopped where there is nothing to save: before its training, or
 * after it. From then on signals wait for a step of the event loop.
 */
export function announceStops(): void {
  isAnnounced = true;
  for (const signal of stopSignals) process.on(signal, announce);
}

/** Leaves the signals to someone else for a while, if `announceStops` has them. @returns what takes them back */
export function suspendAnnouncing(): () => void {
  if (!isAnnounced) return () => undefined;
  for (const signal of stopSignals) process.off(signal, announce);
  return announceStops;
}
