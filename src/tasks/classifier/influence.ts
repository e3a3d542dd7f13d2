import type { Encoder } from './encoders/encoder.js';

/** What a word did for a label. */
export interface Influence {
  readonly word: string;
  /** Where it begins in the text, in UTF-16 units. */
  readonly start: number;
  /** By how much the label's logit, against the mean of the others, falls without it. */
  readonly influence: number;
}

/** More words than that are weighed in groups that stand side by side, for time's sake. */
const MOST_WORDS = 400;

/** Every word of a text with what leaving it out takes from a label, the most first. */
export async function withoutEachWord(
  encoder: Encoder,
  text: string,
  label: number,
  classes: number,
): Promise<Influence[]> {
  const words = Array.from(text.matchAll(/\S+/gu));
  const stride = Math.ceil(words.length / MOST_WORDS);
  const spans = words.flatMap((word, i) => {
    if (i % stride !== 0) return [];
    const last = words[Math.min(words.length, i + stride) - 1];
    return [{ start: word.index, end: last.index + last[0].length }];
  });
  const without = spans.map(({ start, end }) => `${text.slice(0, start)} ${text.slice(end)}`);
  const logits = await encoder.logits([text, ...without]);
  const margin = (row: number): number => {
    let others = 0;
    for (let c = 0; c < classes; c++) if (c !== label) others += logits[row * classes + c];
    return logits[row * classes + label] - others / (classes - 1);
  };
  const whole = margin(0);
  return spans
    .map(({ start, end }, i) => ({
      ...{ word: text.slice(start, end), start },
      influence: whole - margin(i + 1),
    }))
    .sort((a, b) => b.influence - a.influence);
}
