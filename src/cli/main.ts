#!/usr/bin/env node
import { run } from './program.js';

// `seqkit neighbors king | head -1` closes the pipe early; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

// Ctrl-C keeps its default but in trainings that save their state: the process ends at once, even inside a
// long computation that no handler could interrupt, and the shell reports 130. Files are written by rename,
// so nothing is left half done.
process.exitCode = await run(process.argv.slice(2));
