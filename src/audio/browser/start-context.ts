import { SeqkitError } from '../../base/errors.js';

/** How long a browser may take to let sound run. */
const LONGEST_START_MS = 3000;

/** @throws SeqkitError `engine` where the browser lets no sound run @param caller the function to call after a click */
export async function startContext(context: AudioContext, caller: string): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise((resolve) => (timer = setTimeout(resolve, LONGEST_START_MS)));
  await Promise.race([context.resume(), tooLate]);
  clearTimeout(timer);
  if (context.state === 'running') return;
  throw new SeqkitError('The browser lets no sound run yet.', {
    code: 'engine',
    hint: `Call ${caller} when the user has clicked or typed something.`,
  });
}
