import type { NgramOptions } from '../linear/ngram-options.js';
import type { Waveform } from '../../audio/signal/wav.js';
import {
  isShallow,
  someOf,
  type ClassedInputs,
  type Encoder,
  type EncoderName,
  type ShallowName,
} from './encoders/encoder.js';
import { EmbeddingRows } from './encoders/embedding-rows.js';
import { classifierNetwork, type NetworkShape, type PoolingName } from './encoders/network.js';
import { NetworkEncoder, type NetworkHistory } from './encoders/network-encoder.js';
import { NbsvmEncoder } from './encoders/nbsvm-encoder.js';
import { fitReader, KIND_OF_INPUT, type InputName } from './encoders/reader-choice.js';
import { RegressionEncoder } from './encoders/regression-encoder.js';
import { AverageRows, NgramRows, PooledRows, type Rows } from './encoders/rows.js';
import type { ClassifierProgress, ClassifierTrainOptions } from './classifier-options.js';
import type { PooledEmbeddings } from '../inputs/pooled-embeddings.js';
import { TokenReader } from '../inputs/text-readers.js';
import { augmentedSounds } from './sound-augmentation.js';

/** What all trainings of one call have in common. */
export interface TrainingPlan {
  readonly input: InputName;
  /** C. */
  readonly classes: number;
  readonly classWeights: readonly number[] | undefined;
  readonly options: ClassifierTrainOptions;
  /** What the encoder 'embedding' hears through, found where it is first needed. */
  readonly pooledEmbeddings: () => Promise<PooledEmbeddings>;
  /** Told before each part of the training. */
  readonly tell: (progress: ClassifierProgress) => unknown;
}

/** An encoder with what is known of its training. */
export interface Trained {
  readonly encoder: Encoder;
  /** Of a network. */
  readonly history?: NetworkHistory;
}

/** N-grams that one text alone has are not worth their room where texts are many. */
const MANY_TEXTS = 500;

/**
 * Trains an encoder.
 * @param heldOut what ends the training of a network
 * @param stage what it is called in progress
 */
export async function trainEncoder(
  name: EncoderName,
  trained: ClassedInputs,
  heldOut: ClassedInputs,
  plan: TrainingPlan,
  stage: string = name,
): Promise<Trained> {
  await plan.tell({ stage });
  if (isShallow(name)) return { encoder: await trainRegression(name, trained, plan) };
  return trainNetwork(name, trained, heldOut, plan, stage);
}

async function trainRegression(
  name: ShallowName,
  trained: ClassedInputs,
  plan: TrainingPlan,
): Promise<Encoder> {
  const { classes, classWeights } = plan;
  const rows = await rowsFor(name, trained, plan);
  const { C = rows.kind === 'ngrams' ? 30 : 1 } = plan.options;
  const own = name === 'nbsvm' ? 'linear' : name;
  const regression = RegressionEncoder.train(own, rows, trained, classes, { C, classWeights });
  if (name !== 'nbsvm') return regression;
  return NbsvmEncoder.train(
    regression,
    trained,
    classes,
    { C, classWeights },
    leastDocuments(trained.inputs),
  );
}

async function rowsFor(name: ShallowName, { inputs }: ClassedInputs, plan: TrainingPlan): Promise<Rows> {
  const { input, options } = plan;
  if (name === 'embedding') {
    return EmbeddingRows.fit(inputs as readonly Waveform[], await plan.pooledEmbeddings());
  }
  if (KIND_OF_INPUT[input] !== 'text') {
    return new PooledRows(fitReader(inputs, { input, vocabularySize: 1, maxLength: 100_000 }));
  }
  const texts = inputs as readonly string[];
  if (name === 'average') return AverageRows.fit(texts, options.vectors);
  return NgramRows.fit(texts, { ...NGRAMS[input as 'words'], ...leastDocuments(texts) });
}

function leastDocuments({ length }: ArrayLike<unknown>): { minDocuments: number } {
  return { minDocuments: length > MANY_TEXTS ? 2 : 1 };
}

/** Which n-grams count. Names, codes and genes have no words, and capitals may tell. */
const NGRAMS: Readonly<Record<'words' | 'characters' | 'bytes', NgramOptions>> = {
  words: {},
  characters: { words: false, characters: [1, 5], lower: false },
  bytes: { words: false, characters: [1, 5], lower: false },
};

async function trainNetwork(
  name: 'gru' | 'lstm' | 'conv',
  trained: ClassedInputs,
  heldOut: ClassedInputs,
  plan: TrainingPlan,
  stage: string,
): Promise<Trained> {
  const { input, options, classes, classWeights, tell } = plan;
  const { vocabularySize = 20_000, maxLength, vectors, seed = 1, engine, threads, signal } = options;
  const { epochs = 30, batchSize = 32, learningRate = 3e-3, labelSmoothing = 0, patience = 5 } = options;
  const reader = fitReader(trained.inputs, { input, vocabularySize, maxLength });
  const known =
    vectors && input === 'words' && reader instanceof TokenReader
      ? { vectors, words: reader.tokenizer.wordIndex }
      : undefined;
  const model = classifierNetwork(
    shapeOf(name, options),
    { tokens: reader.tokens, features: reader.features, known },
    classes,
    { seed, ...(engine && { engine }), ...(threads !== undefined && { threads }) },
  );
  const encoder = new NetworkEncoder(name, reader, model, classes);
  try {
    const { checkpoint, resume } = options;
    const examples = input === 'sound' ? augmentedSounds(trained, seed) : trained;
    const history = await encoder.train(examples, heldOut, {
      ...{ epochs, batchSize, learningRate, labelSmoothing, patience, classWeights },
      ...{ checkpoint, resume, signal },
      onEpoch: (report) => tell({ stage, ...report }),
    });
    return { encoder, history };
  } catch (error) {
    await encoder.dispose();
    throw error;
  }
}

/** The layers that the options ask for. */
export function shapeOf(encoder: 'gru' | 'lstm' | 'conv', options: ClassifierTrainOptions): NetworkShape {
  const { units = 64, layers = 1, bidirectional = false, kernelSize = 5, dropout = 0.3 } = options;
  const usual: PoolingName = encoder === 'conv' ? 'max' : bidirectional ? 'mean' : 'last';
  const { pooling = usual, embeddingSize = 64 } = options;
  return { encoder, units, layers, bidirectional, pooling, kernelSize, dropout, embeddingSize };
}

/** Some examples to train on, others to end the training by. */
export function partsOf(
  examples: ClassedInputs,
  split: { train: readonly number[]; heldOut: readonly number[] },
) {
  return { trained: someOf(examples, split.train), heldOut: someOf(examples, split.heldOut) };
}
