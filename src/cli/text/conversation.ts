import type { SamplingOptions } from '../../text/sampling/sampling.js';
import { StopStrings } from '../../text/sampling/stop-strings.js';
import type { TextSession } from '../../text/sampling/text-session.js';

/** How an answer is made. */
export interface AnswerOptions extends SamplingOptions {
  /** Characters of an answer, at most. @default 400 */
  length?: number;
  /** An answer ends before the first of these, or else with its line. @default none */
  stop?: readonly string[];
}

/**
 * Feeds each line to the model and writes what it answers, a line of its own. The session keeps all
 * that was said before.
 */
export async function converse(
  session: TextSession,
  lines: AsyncIterable<string>,
  write: (text: string) => Promise<void>,
  { length = 400, stop = [], ...sampling }: AnswerOptions = {},
): Promise<void> {
  for await (const line of lines) {
    session.feed(`${line}\n`);
    const stops = new StopStrings(stop.length === 0 ? ['\n'] : stop);
    for (let left = length; left > 0 && !stops.stopped;) {
      const piece = [...session.next(sampling)].slice(0, left);
      left -= piece.length;
      await write(stops.push(piece.join('')));
    }
    await write(`${stops.end()}\n`);
  }
}
