import type { AbortSignalLike } from '../../../base/abort-signal.js';
import { SeqkitError } from '../../../base/errors.js';
import type { Random } from '../../../base/math/random.js';
import type { Stepper } from '../../../rnn/model/stepper.js';
import { distribution, sampleToken, type SamplingOptions } from '../../sampling/sampling.js';
import type { Vocabulary } from '../../corpus/vocabulary.js';
import type { TuneWriter } from './tune-writer.js';

/** How one tune came about. */
export interface Making {
  /** Header and notes as the model wrote them, with the empty line at the end. */
  readonly text: string;
  /**
   * The probability that the constraint took from the characters of the body, on average; 0 where
   * nothing was masked.
   */
  readonly removed: number;
  /** Characters of the body. */
  readonly characters: number;
}

/** A tune that did not come about: nothing could come next, or the opening bars fit none like it. */
export interface DeadEnd {
  readonly reason: SeqkitError;
}

interface Voice {
  readonly writer: TuneWriter;
  readonly random: Random;
  readonly recent: number[];
  removed: number;
  characters: number;
  deadEnd: SeqkitError | undefined;
}

interface CompositionOptions extends SamplingOptions {
  /** One for each writer. */
  readonly randoms: readonly Random[];
  readonly prompt: string;
  readonly signal: AbortSignalLike | undefined;
}

/**
 * Writes tunes side by side, one character each at a time step. Where the writer does not allow a
 * character its logit is masked, and nothing else is changed.
 * @returns of each tune how it came about, or why it did not; undefined where the signal came before its end
 */
export async function writeSideBySide(
  model: { stepper(options: { batch: number }): Stepper; vocabulary: Vocabulary },
  writers: readonly TuneWriter[],
  { randoms, prompt, signal, ...sampling }: CompositionOptions,
  eventLoop: { give(): Promise<void> },
): Promise<(Making | DeadEnd | undefined)[]> {
  const { vocabulary } = model;
  const V = vocabulary.size;
  const voices: Voice[] = writers.map((writer, i) => ({
    ...{ writer, random: randoms[i], recent: [], removed: 0, characters: 0, deadEnd: undefined },
  }));
  const stepper = model.stepper({ batch: writers.length });
  const lineEnd = vocabulary.encode('\n')[0];
  try {
    // As after the empty line that ended the tune before.
    stepper.step(new Array<number>(writers.length).fill(lineEnd));
    let logits = stepper.step(new Array<number>(writers.length).fill(lineEnd));
    while (!signal?.aborted && voices.some((voice) => !isDone(voice))) {
      const tokens = voices.map((voice, i) =>
        isDone(voice)
          ? lineEnd
          : (nextToken(
              voice,
              Float64Array.from(logits.subarray(i * V, (i + 1) * V)),
              vocabulary,
              sampling,
              prompt,
            ) ?? lineEnd),
      );
      logits = stepper.step(tokens);
      await eventLoop.give();
    }
  } finally {
    stepper.dispose();
  }
  return voices.map(({ writer, removed, characters, deadEnd }) => {
    if (deadEnd) return { reason: deadEnd };
    return writer.ended
      ? { text: writer.text, characters, removed: characters === 0 ? 0 : removed / characters }
      : undefined;
  });
}

function isDone({ writer, deadEnd }: Voice): boolean {
  return deadEnd !== undefined || writer.ended;
}

/** @returns undefined at a dead end, which it notes */

function nextToken(
  voice: Voice,
  logits: Float64Array,
  vocabulary: Vocabulary,
  sampling: SamplingOptions,
  prompt: string,
): number | undefined {
  const { writer, random, recent } = voice;
  const { inBody } = writer;
  const opened = inBody && voice.characters < prompt.length ? prompt[voice.characters] : undefined;
  let token: number;
  if (opened !== undefined) {
    voice.deadEnd = writer.open(prompt, voice.characters);
    if (voice.deadEnd) return undefined;
    token = vocabulary.encode(opened)[0];
  } else {
    const allowed = vocabulary.characters.map((character) => writer.allows(character));
    if (!allowed.includes(true)) {
      voice.deadEnd = new SeqkitError(
        `Nothing can follow ${JSON.stringify(writer.text.slice(-20))} with what the model can write.`,
        { code: 'bad-value' },
      );
      return undefined;
    }
    const before = distribution(logits, sampling.temperature || 1);
    if (inBody) before.forEach((probability, i) => (voice.removed += allowed[i] ? 0 : probability));
    const masked = logits.map((logit, i) => (allowed[i] ? logit : -Infinity));
    token = sampleToken(masked, random, sampling, recent);
    writer.push(vocabulary.characters[token]);
  }
  if (inBody) voice.characters += 1;
  recent.push(token);
  if (recent.length > (sampling.repetitionWindow ?? 64)) recent.shift();
  return token;
}
