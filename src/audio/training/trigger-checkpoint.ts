import { SeqkitError } from '../../base/errors.js';
import {
  either,
  exactly,
  listOf,
  number,
  optional,
  optionsSchema,
  parseStored,
  schemaOf,
  storedNames,
  toStoredNames,
  wholeNumber,
} from '../../base/schema/index.js';
import { storedSettings } from '../detection/trigger-schema.js';
import { storedValidation } from './training-record.js';
import { STORED, type CheckpointStore } from '../../base/training/checkpoint-store.js';
import type { StoredTensor } from '../../base/encoding/safetensors.js';
import type { Sequential } from '../../rnn/model/sequential.js';
import type { CheckpointFiles } from '../../rnn/training/checkpoint-files.js';
import type { RunDescription } from '../../rnn/training/checkpoint.js';
import type { TrainingState } from '../../rnn/training/training-state.js';
import type { Candidate, Validation } from './model-selection.js';
import { soundFingerprint, textFingerprint } from '../signal/fingerprint.js';
import type { TrainingPlan } from './training-plan.js';

/** Where a training stands between two epochs. */
interface Position {
  epoch: number;
  loss: number;
  hardNegatives: number;
  /** Epochs since the best validation, where training may end early. */
  sinceBest: number;
  /** State of the generator that shuffles and masks. */
  random: number[];
  /** Of each place in the pool the number of its example, and 1 where it was mixed without the word. */
  numbers: [example: number, wordless: number][];
}

/** A position as it is stored. */
interface StoredPosition extends Omit<Position, 'sinceBest'> {
  /** Checkpoints of before training could end early have none. */
  sinceBest?: number;
  validations: (Validation | null)[];
}

const count = wholeNumber({ min: 0 });
const placeNumber = schemaOf<[number, number]>(
  'the number of an example, and 0 or 1',
  (value) =>
    Array.isArray(value) &&
    value.length === 2 &&
    Number.isSafeInteger(value[0]) &&
    (value[0] as number) >= 0 &&
    (value[1] === 0 || value[1] === 1),
);
/** Files keep the name that the field had in the first release. */
const positionNames = { judgements: 'validations' };

const positionInCode = optionsSchema<StoredPosition>('The position', {
  epoch: count,
  loss: number(),
  hardNegatives: count,
  sinceBest: optional(count),
  random: listOf(wholeNumber({ min: 0, max: 2 ** 32 - 1 }), { min: 4, max: 4 }),
  numbers: listOf(placeNumber),
  validations: listOf(either(exactly(null), storedValidation), { max: 1000 }),
});
const storedPosition = storedNames(positionInCode, positionNames);

/** All that a training needs to go on. */
export interface TriggerRun {
  state: TrainingState;
  position: Position;
  candidates: readonly Candidate[];
}

/** What makes a training: with another seed, other clips or settings it is another one. */
export function describeTriggerRun(
  plan: Pick<
    TrainingPlan,
    'clips' | 'words' | 'preset' | 'negatives' | 'seed' | 'examples' | 'epochs' | 'patience'
  >,
): RunDescription {
  const { clips, words, preset, negatives: recordedSpeech, seed, examples, epochs, patience } = plan;
  const { sampleRate, activates, negatives, backgrounds, falseAlarms: alarms = [], rooms = [] } = clips;
  const { speech = [], lookAlikes = [], ownTakes = [] } = clips;
  // What a clip is an example of follows from its word, and from where its speech lies: a user may move that.
  const recorded = [...activates, ...negatives, ...backgrounds, ...alarms, ...rooms, ...ownTakes].map(
    ({ name, word = '', samples, speech: { start, end } }) =>
      `${name} ${word} ${start}-${end} ${soundFingerprint({ samples, sampleRate })}`,
  );
  // What is spoken on demand follows from its name.
  const spoken = [...speech, ...lookAlikes].map(({ name }) => name);
  return {
    seed,
    examples,
    epochs,
    ...(patience !== undefined && { patience }),
    ...(recordedSpeech && { recordedNegatives: recordedSpeech.count }),
    settings: storedSettings(preset),
    clips: textFingerprint([...words, ...recorded, ...spoken].join('\n')),
  };
}

/** The file, or the store, that a training is kept in after each epoch. */
export class TriggerCheckpoint {
  readonly #files: CheckpointFiles;
  readonly #network: Sequential;
  readonly #place: string | CheckpointStore;
  /** What it is called in errors. */
  readonly #path: string;
  readonly #run: RunDescription;

  /** @param place the file's path, or a store */
  constructor(network: Sequential, place: string | CheckpointStore, run: RunDescription) {
    this.#network = network;
    this.#files = network.checkpoints({ kind: 'TriggerTraining' });
    this.#place = place;
    this.#path = typeof place === 'string' ? place : STORED;
    this.#run = run;
  }

  /**
   * @param resume goes on from the file where there is one
   * @throws SeqkitError `file-exists` where there is one without `resume`; `usage` where it belongs to
   *   another run; `bad-file` where it is none
   */
  async open(resume: boolean): Promise<TriggerRun | undefined> {
    const found = await this.#files.open(this.#place, { resume, run: this.#run });
    if (found === undefined) return undefined;
    const { validations, ...stored } = parseStored(
      storedPosition,
      found.position,
      'The position',
      this.#path,
    );
    const position: Position = { ...stored, sinceBest: stored.sinceBest ?? 0 };
    const { examples, epochs } = this.#run;
    if (position.numbers.length !== examples || position.epoch > Number(epochs)) throw this.#damaged();
    const candidates = validations.map((validation, n) => ({
      validation: validation ?? undefined,
      weights: this.#network.layers.map((layer, l) =>
        layer.getWeights().map(({ data }, w) => {
          const stored = found.arrays[nameOf(n, l, w)];
          if (stored?.dtype !== 'F32' || stored.data.length !== data.length) throw this.#damaged();
          return Float32Array.from(stored.data);
        }),
      ),
    }));
    return { state: found.state, position, candidates };
  }

  /** Writes it whole or not at all. */
  async save({ state, position, candidates }: TriggerRun): Promise<void> {
    const arrays: Record<string, StoredTensor> = {};
    candidates.forEach(({ weights }, n) => {
      weights.forEach((layer, l) =>
        layer.forEach((data, w) => {
          arrays[nameOf(n, l, w)] = { dtype: 'F32', shape: [data.length], data };
        }),
      );
    });
    const validations = candidates.map(({ validation }) => validation ?? null);
    await this.#files.save(this.#place, {
      ...{ run: this.#run, state, arrays },
      position: toStoredNames({ ...position, validations }, positionNames),
    });
  }

  #damaged(): SeqkitError {
    return new SeqkitError(`${this.#path} does not hold the training of a trigger model, or not all of it.`, {
      code: 'bad-file',
    });
  }
}

function nameOf(candidate: number, layer: number, weight: number): string {
  return `candidate ${candidate}/${layer}/${weight}`;
}
