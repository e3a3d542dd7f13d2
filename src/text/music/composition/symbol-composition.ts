import type { AbortSignalLike } from '../../../base/abort-signal.js';
import { SeqkitError } from '../../../base/errors.js';
import type { Random } from '../../../base/math/random.js';
import type { Stepper } from '../../../rnn/model/stepper.js';
import type { Floats } from '../../../rnn/program/engine.js';
import type { Vocabulary } from '../../corpus/vocabulary.js';
import { surprisal } from '../../sampling/candidates.js';
import { distribution, draw, sampleToken, type SamplingOptions } from '../../sampling/sampling.js';
import type { Melody } from '../form/melody.js';
import { formSymbols } from '../form/tune-symbols.js';
import type { Ask } from './ask.js';
import type { SymbolText } from './symbol-text.js';
import { Voice, type RedrawnBars, type VoiceStart } from './voice.js';

/** How a melody came about. */
export interface MadeMelody {
  readonly melody: Melody;
  /** The probability that the constraint took from the notes that were chosen, on average. */
  readonly removed: number;
  /** How much of it for what would have copied too much of the training. */
  readonly removedCopies: number;
  /** How many notes and bars taken up were chosen. */
  readonly choices: number;
  /** What was given up. */
  readonly redrawn: RedrawnBars;
  /** Nats of all symbols of the body, given ones too, as the model sees them. */
  readonly nats: number;
}

export interface SymbolCompositionOptions extends SamplingOptions {
  /** A bar is drawn anew where the constraint takes more than this share of the probability at one choice; 1 for never. */
  readonly maxRemoved: number;
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
  starts: readonly VoiceStart[],
  { signal, maxRemoved, ...sampling }: SymbolCompositionOptions,
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
  const voices = starts.map((start) => new Voice(start));
  const stepper = model.stepper({ batch: voices.length });
  /** Of each voice that has gone back the states that it goes on from. */
  const back = new Map<number, readonly ArrayLike<number>[]>();
  /** The states of all voices as the symbol in hand is chosen, where they were wanted. */
  let states: Floats[] | undefined;
  try {
    let logits = stepper.step(new Array<number>(voices.length).fill(end));
    while (!signal?.aborted && voices.some(({ isGoing }) => isGoing)) {
      states = undefined;
      const tokens = voices.map((voice, i) =>
        voice.isGoing ? nextToken(voice, i, logits.subarray(i * V, (i + 1) * V)) : end,
      );
      if (back.size > 0) restore(stepper);
      logits = stepper.step(tokens);
      await eventLoop.give();
    }
  } finally {
    stepper.dispose();
  }
  return voices.map(({ ask, tally, lost, deadEnd }) => {
    if (deadEnd) return { reason: deadEnd };
    if (!ask.done) return undefined;
    const { removed, removedCopies, choices, nats } = tally;
    const each = Math.max(1, choices);
    return {
      ...{ melody: ask.value, choices, nats, removed: removed / each, removedCopies: removedCopies / each },
      redrawn: { ...lost, removed: lost.removed / Math.max(1, lost.choices) },
    };
  });

  /** The states of one voice. */
  function statesOf(i: number): readonly ArrayLike<number>[] {
    const given = back.get(i);
    if (given) return given;
    states ??= stepper.getState();
    return states.map((all) =>
      all.slice(i * (all.length / voices.length), (i + 1) * (all.length / voices.length)),
    );
  }

  function restore(running: Stepper): void {
    const all = running.getState();
    for (const [i, own] of back) own.forEach((row, k) => all[k].set(row, i * row.length));
    running.setState(all);
    back.clear();
  }

  /** Answers a voice's asks up to one whose symbol the model knows. */
  function nextToken(voice: Voice, i: number, logitsNow: Floats): number {
    let row: Float64Array = Float64Array.from(logitsNow);
    let plain = distribution(row, 1);
    /** Whether a symbol was passed over that the model does not know: what it thinks of the next is not known. */
    let wasPassed = false;
    while (voice.isGoing) {
      const value = voice.ask.value as Ask;
      if (value.symbol === undefined && value.isBar === true && maxRemoved < 1)
        voice.mark(() => ({ row, states: statesOf(i) }));
      if (value.symbol === undefined) {
        const chosen = choose(voice, value, row, plain);
        if (typeof chosen === 'number') return chosen;
        if (chosen === undefined) break;
        back.set(i, chosen.states);
        row = chosen.row;
        plain = distribution(row, 1);
        wasPassed = false;
        continue;
      }
      const token = numbers.get(value.symbol);
      voice.answer(value.symbol);
      if (token === undefined) {
        wasPassed = true;
        continue;
      }
      if (value.isNote && !wasPassed) voice.tally.nats += surprisal(plain[token]);
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

  /** @returns a token; where the bar is to be drawn anew, what it begins from; undefined at a dead end */
  function choose(
    voice: Voice,
    ask: Extract<Ask, { symbol?: undefined }>,
    row: ArrayLike<number>,
    plain: ArrayLike<number>,
  ): number | ReturnType<Voice['goBack']> {
    const fits = names.map((name) => name !== undefined && ask.allows(name));
    const { copies } = ask;
    const allowed = copies ? fits.map((fit, token) => fit && !copies(names[token]!)) : fits;
    const isEnd = !allowed.includes(true);
    let removed = 0;
    if (ask.isBody || isEnd) for (let i = 0; i < V; i++) if (!allowed[i]) removed += plain[i];
    if (removed > maxRemoved) {
      const start = voice.goBack(removed);
      if (start) return start;
    }
    if (isEnd) {
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
      const { tally } = voice;
      tally.removed += removed;
      for (let i = 0; i < V; i++) if (fits[i] && !allowed[i]) tally.removedCopies += plain[i];
      tally.choices += 1;
      tally.nats += surprisal(plain[token]);
    }
    if (ask.isNote) {
      voice.recent.push(token);
      if (voice.recent.length > (sampling.repetitionWindow ?? 64)) voice.recent.shift();
    }
    voice.answer(names[token]!);
    return token;
  }
}
