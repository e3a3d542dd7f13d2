#!/usr/bin/env node
import { announceStops } from './terminal/early-stop.js';
import { tellUnloaded } from './terminal/unloaded.js';

// Ctrl-C keeps its default but in trainings, which save their state: the process ends at once, even inside a
// long computation that no handler could interrupt, and the shell reports 130. Files are written by rename,
// so nothing is left half done. A training says so from its first moment on, before the rest is even loaded.
if (process.argv[2]?.startsWith('train-')) announceStops();

try {
  const { watchOutputs } = await import('./terminal/watched-outputs.js');
  watchOutputs();
  const { run } = await import('./command-line.js');
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!tellUnloaded(error, { json: process.argv.includes('--json') })) throw error;
  process.exitCode = 1;
}
