/**
 * Holds what a detector heard against what was spoken.
 *
 * @param {number[]} eventSeconds when it fired, ascending
 * @param {{ word: string, words: { word: string, startSeconds: number, endSeconds: number }[] }} recording the
 *   trigger word, and every word that is spoken
 * @param {typeof import('../src/audio/detection/evaluation.js').matchEvents} matchEvents which event belongs to which word
 * @returns {{ lines: string[], good: boolean }} what was said and heard, a line each in the order of time;
 *   `good` when each trigger word fired exactly once and nothing else did
 */
export function judge(eventSeconds, recording, matchEvents) {
  const triggers = recording.words.filter(({ word }) => word === recording.word);
  const { missed, falseAlarms } = matchEvents(eventSeconds, triggers);

  const said = recording.words.map((word) => ({
    seconds: word.startSeconds,
    text: `said "${word.word}"`,
    wrong: missed.includes(triggers.indexOf(word)) && 'missed',
  }));
  const heard = eventSeconds.map((seconds, index) => ({
    seconds,
    text: 'fired',
    wrong: falseAlarms.includes(index) && 'false alarm',
  }));
  const lines = [...said, ...heard]
    .sort((a, b) => a.seconds - b.seconds)
    .map(
      ({ seconds, text, wrong }) =>
        `${seconds.toFixed(2).padStart(6)} s  ${text}${wrong ? `  WRONG: ${wrong}` : ''}`,
    );
  return { lines, good: missed.length === 0 && falseAlarms.length === 0 };
}
