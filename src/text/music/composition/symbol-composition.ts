import type { AbortSignalLike } from '../../../base/abort-signal.js';
import { SeqkitError } from '../../../base/errors.js';
import type { Random } from '../../../base/math/random.js';
import type { Stepper } from '../../../rnn/model/stepper.js';
import type { Vocabulary } from '../../corpus/vocabulary.js';
import { surprisal } from '../../sampling/candidates.js';
import { distribution, draw, sampleToken, type SamplingOptions } from '../../sampling/sampling.js';
import type { Melody } from '../form/melody.js';
import { formSymbols } from '../form/tune-symbols.js';
import type { Ask } from './ask.js';
import type { SymbolText } from './symbol-text.js';
import type { TuneMaking } from './tune-making.js';

/** How a melody came about. */
export interface MadeMelody {
  readonly melody: Melody;
  /** The probability that the constraint took from the notes that were chosen, on average. */
  readonly removed: number;
  /** How much of it for what would have copied too much of the training. */
  readonly removedCopies: number;
  /** How many notes and bars taken up were chosen. */
  readonly choices: number;
  /** Nats of all symbols of the body, given ones too, as the model sees them. */
  readonly nats: number;
}

interface Voice {
  readonly making: TuneMaking;
  readonly random: Random;
  readonly recent: number[];
  ask: IteratorResult<Ask, Melody>;
  removed: number;
  removedCopies: number;
  choices: number;
  nats: number;
  deadEnd: SeqkitError | undefined;
}

export interface SymbolCompositionOptions extends SamplingOptions {
  readonly signal: AbortSignalLike | undefined;
}

/**
 * Makes melodies side by side, one symbol each at a time step. Matters of form are drawn as the model has learnt them,
 * and so are the lengths of notes, at temperature 1, so that they keep the shares of the training; pitches at the
 * temperature asked for.
 * @returns of each what came about, or why nothing did; undefined where the signal came before its end
 */
export async function makeSideBySide(
  model: { stepper(options: { batch: number }): Stepper; vocabulary: Vocabulary },
  symbols: SymbolText,
  makings: readonly { making: TuneMaking; random: Random }[],
  { signal, ...sampling }: SymbolCompositionOptions,
  eventLoop: { give(): Promise<void> },
): Promise<(MadeMelody | { reason: SeqkitError } | undefined)[]> {
  const { vocabulary } = model;
  const V = vocabulary.size;
  /** The symbol of each token; undefined for one that is none. */
  const names = vocabulary.characters.map((character) => symbols.read(character));
  const numbers = new Map(names.map((name, token) => [name, token]));
  /** What stands behind the colon of a note, and of each token which of these. */
  const lengths = [...new Set(names.map((name) => name?.split(':')[1]))];
  const lengthOf = names.map((name) => lengths.indexOf(name?.split(':')[1]));
  const end = numbers.get(formSymbols.end) ?? 0;
  const voices: Voice[] = makings.map(({ making, random }) => ({
    ...{ making, random, recent: [], removed: 0, removedCopies: 0, choices: 0, nats: 0 },
    deadEnd: undefined,
    ask: making.next(),
  }));
  const stepper = model.stepper({ batch: voices.length });
  try {
    let logits = stepper.step(new Array<number>(voices.length).fill(end));
    while (!signal?.aborted && voices.some(isGoing)) {
      const tokens = voices.map((voice, i) =>
        isGoing(voice) ? nextToken(voice, logits.subarray(i * V, (i + 1) * V)) : end,
      );
      logits = stepper.step(tokens);
      await eventLoop.give();
    }
  } finally {
    stepper.dispose();
  }
  return voices.map(({ ask, removed, removedCopies, choices, nats, deadEnd }) => {
    if (deadEnd) return { reason: deadEnd };
    if (!ask.done) return undefined;
    const each = Math.max(1, choices);
    const taken = { removed: removed / each, removedCopies: removedCopies / each };
    return { melody: ask.value, ...taken, choices, nats };
  });

  /** Answers a voice's asks up to one whose symbol the model knows. */
  function nextToken(voice: Voice, row: ArrayLike<number>): number {
    const plain = distribution(Float64Array.from(row), 1);
    /** Whether a symbol was passed over that the model does not know: what it thinks of the next is not known. */
    let wasPassed = false;
    while (!voice.ask.done) {
      const { value } = voice.ask;
      if (value.symbol === undefined) {
        return choose(voice, value, row, plain) ?? end;
      }
      const token = numbers.get(value.symbol);
      voice.ask = voice.making.next(value.symbol);
      if (token === undefined) {
        wasPassed = true;
        continue;
      }
      if (value.isNote && !wasPassed) voice.nats += surprisal(plain[token]);
      return token;
    }
    return end;
  }

  /** Draws how long the note is, as the model has learnt it, and rules out all others. */
  function keepLength(masked: Float64Array, plain: ArrayLike<number>, random: Random): void {
    const weights = new Float64Array(lengths.length);
    for (let token = 0; token < masked.length; token++) {
      if (masked[token] > -Infinity) weights[lengthOf[token]] += plain[token];
    }
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (!(total > 0)) return;
    const length = draw(
      weights.map((weight) => weight / total),
      random,
    );
    for (let token = 0; token < masked.length; token++)
      if (lengthOf[token] !== length) masked[token] = -Infinity;
  }

  function choose(
    voice: Voice,
    ask: Extract<Ask, { symbol?: undefined }>,
    row: ArrayLike<number>,
    plain: ArrayLike<number>,
  ): number | undefined {
    const fits = names.map((name) => name !== undefined && ask.allows(name));
    const { copies } = ask;
    const allowed = copies ? fits.map((fit, token) => fit && !copies(names[token]!)) : fits;
    if (!allowed.includes(true)) {
      voice.deadEnd = new SeqkitError('Nothing can come next with what the model has seen.', {
        code: 'bad-value',
        hint: 'Ask for another key, meter, type, form or opening, let it copy more of the training, or train it with more tunes.',
      });
      return undefined;
    }
    const masked = Float64Array.from(row, (logit, token) => (allowed[token] ? logit : -Infinity));
    const asSeen = { temperature: sampling.temperature === 0 ? 0 : 1 };
    let token: number;
    if (!ask.isNote) token = sampleToken(masked, voice.random, asSeen);
    else {
      if (sampling.temperature !== 0) keepLength(masked, plain, voice.random);
      token = sampleToken(masked, voice.random, sampling, voice.recent);
    }
    if (ask.isBody) {
      for (let i = 0; i < allowed.length; i++) {
        if (!allowed[i]) voice.removed += plain[i];
        if (fits[i] && !allowed[i]) voice.removedCopies += plain[i];
      }
      voice.choices += 1;
      voice.nats += surprisal(plain[token]);
    }
    if (ask.isNote) {
      voice.recent.push(token);
      if (voice.recent.length > (sampling.repetitionWindow ?? 64)) voice.recent.shift();
    }
    voice.ask = voice.making.next(names[token]!);
    return token;
  }
}

function isGoing({ ask, deadEnd }: Voice): boolean {
  return deadEnd === undefined && ask.done !== true;
}
