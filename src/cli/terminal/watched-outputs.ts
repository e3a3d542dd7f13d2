import { SeqkitError } from '../../base/errors.js';
import { fileError } from '../../base/host/files.js';
import { reportError } from './report-error.js';

/**
 * Ends the process where its results can go nowhere: without a word where the reader has had enough, as in
 * `seqkit neighbors king | head -1`; else, as on a full disk, with one line and status 1. That nobody hears the
 * progress is no reason to end.
 */
export function watchOutputs(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    const { argv } = process;
    // One line: what to do about a full disk needs no other.
    const { message, code } = fileError(error, 'Cannot write to standard output');
    reportError(new SeqkitError(message, { code, cause: error }), {
      debug: argv.includes('--debug'),
      json: argv.includes('--json'),
    });
    process.exit(1);
  });
  process.stderr.on('error', () => undefined);
}
