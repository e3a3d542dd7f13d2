import { SeqkitError } from '../../base/errors.js';
import { fieldsOf, number, optional, parseStored, wholeNumber } from '../../base/schema/index.js';
import { toStored, type Checkpoint } from '../../rnn/training/checkpoint.js';
import type { BestEpoch, EarlyStopping } from '../../rnn/training/early-stopping.js';
import { toBits } from './text-loss.js';
import type { TextHistory } from './text-progress.js';

/** Losses of some characters, added up. */
export interface LossSum {
  sum: number;
  characters: number;
}

/** What a checkpoint's JSON keeps of a position. */
interface Written {
  epoch: number;
  batch: number;
  whole: LossSum;
  steps: number;
  characters: number;
  seconds: number;
  elapsedMs: number;
  best?: BestEpoch | undefined;
}

const count = wholeNumber({ min: 0 });
const sum = fieldsOf<LossSum>('a sum of losses', { sum: number(), characters: count });

const written = fieldsOf<Written>('a position in a text', {
  epoch: wholeNumber({ min: 1 }),
  batch: count,
  whole: sum,
  steps: count,
  characters: count,
  seconds: number({ min: 0 }),
  elapsedMs: number({ min: 0 }),
  best: optional(fieldsOf<BestEpoch>('the best epoch', { epoch: count, loss: number() })),
});

/** So many steps, at most, make the loss that is shown. */
const RECENT_STEPS = 100;

/** Where a run stands in its text, and what it has seen: all but the numbers of the model. */
export class TextPosition {
  /** From 1. */
  epoch = 1;
  /** Batches done of this epoch. */
  batch = 0;
  /** This epoch so far. */
  whole: LossSum = { sum: 0, characters: 0 };
  /** The last steps, each by itself. */
  recent: LossSum[] = [];
  readonly history: TextHistory = {
    loss: [],
    bitsPerCharacter: [],
    heldOutLoss: [],
    heldOutBitsPerCharacter: [],
    heldOutLossPerCharacter: [],
    finalLoss: NaN,
    steps: 0,
    characters: 0,
    seconds: 0,
    charactersPerSecond: 0,
    stopped: false,
  };

  readonly #tokensPerCharacter: number;

  /** @param tokensPerCharacter of what is held out @default 1 */
  constructor(tokensPerCharacter = 1) {
    this.#tokensPerCharacter = tokensPerCharacter;
  }

  /** A step is done. */
  add(step: LossSum, seconds: number): void {
    const { history } = this;
    add(this.whole, step);
    this.recent.push(step);
    if (this.recent.length > RECENT_STEPS) this.recent.shift();
    this.batch++;
    history.steps++;
    history.characters += step.characters;
    history.seconds += seconds;
    this.#sumUp();
  }

  /** @param heldOutLoss in nats per token, where something is held out */
  endEpoch(heldOutLoss: number | undefined): void {
    const { history } = this;
    const loss = meanOf(this.whole);
    history.loss.push(loss);
    history.bitsPerCharacter.push(toBits(loss));
    if (heldOutLoss === undefined) return;
    history.heldOutLoss.push(heldOutLoss);
    history.heldOutBitsPerCharacter.push(toBits(heldOutLoss));
    history.heldOutLossPerCharacter.push(heldOutLoss * this.#tokensPerCharacter);
  }

  nextEpoch(): void {
    this.epoch++;
    this.batch = 0;
    this.whole = { sum: 0, characters: 0 };
  }

  /** @param elapsedMs of the run's time */
  save(elapsedMs: number, stopping: EarlyStopping | undefined): Pick<Checkpoint, 'position' | 'arrays'> {
    const { epoch, batch, whole, recent, history } = this;
    const { steps, characters, seconds } = history;
    const { best, arrays } = stopping?.save() ?? {};
    const written: Written = { epoch, batch, whole, steps, characters, seconds, elapsedMs, best };
    return {
      position: { ...written },
      arrays: {
        recent: toStored(Float64Array.from(recent.flatMap((step) => [step.sum, step.characters]))),
        loss: toStored(Float64Array.from(history.loss)),
        heldOutLoss: toStored(Float64Array.from(history.heldOutLoss)),
        ...arrays,
      },
    };
  }

  /**
   * @returns the run's time so far, in milliseconds
   * @throws SeqkitError `bad-file` where the checkpoint is of another kind or not whole
   */
  restore({ position, arrays }: Checkpoint, stopping: EarlyStopping | undefined, source: string): number {
    const { epoch, batch, whole, steps, characters, seconds, elapsedMs, best } = parseStored(
      written,
      position,
      'its position',
      source,
    );
    const { recent, loss, heldOutLoss } = arrays;
    const kept = [recent, loss, heldOutLoss];
    if (
      !kept.every((array) => array?.dtype === 'F64') ||
      recent.data.length % 2 !== 0 ||
      recent.data.length > 2 * RECENT_STEPS
    ) {
      throw new SeqkitError(`${source} is no checkpoint of a text model, or not a whole one.`, {
        code: 'bad-file',
      });
    }
    Object.assign(this, { epoch, batch, whole: { ...whole } });
    const { history } = this;
    Object.assign(history, { steps, characters, seconds });
    this.recent = Array.from({ length: recent.data.length / 2 }, (_, i) => ({
      sum: recent.data[2 * i],
      characters: recent.data[2 * i + 1],
    }));
    history.loss = Array.from(loss.data);
    history.bitsPerCharacter = history.loss.map(toBits);
    history.heldOutLoss = Array.from(heldOutLoss.data);
    history.heldOutBitsPerCharacter = history.heldOutLoss.map(toBits);
    history.heldOutLossPerCharacter = history.heldOutLoss.map((loss) => loss * this.#tokensPerCharacter);
    this.#sumUp();
    stopping?.restore(best, arrays, history.loss.length);
    if (stopping && stopping.best.epoch > 0) history.bestEpoch = stopping.best.epoch;
    return elapsedMs;
  }

  #sumUp(): void {
    this.history.finalLoss = meanOf(this.recent.reduce(add, { sum: 0, characters: 0 }));
    this.history.charactersPerSecond = this.history.characters / this.history.seconds;
  }
}

function add(total: LossSum, { sum, characters }: LossSum): LossSum {
  total.sum += sum;
  total.characters += characters;
  return total;
}

function meanOf({ sum, characters }: LossSum): number {
  return sum / characters;
}
