import type { Layer } from '../rnn/layers/layer.js';
import type { ModelOptions } from '../rnn/model/model-options.js';
import type { Network } from '../rnn/model/network.js';
import { triggerNetwork } from './trigger-network.js';
import { refuseWindow } from './training/refuse-window.js';
import { triggerPreset, type TrainingSettings, type TriggerPreset } from './detection/trigger-settings.js';

/** A trained network, with what it was made for. */
export interface Trained {
  words: readonly string[];
  settings: TriggerPreset;
  network: Network;
}

/** What of a network is trained further. */
export type TransferPart = 'head' | 'all';

/** Weights that are good already need not be changed for as long. */
const EPOCH_SHARE = 0.5;
/** A handful of clips is not mixed into as many examples as a training from nothing takes. */
const MIN_EXAMPLES = 400;

/**
 * A network that begins with the weights of a trained one. Of the output, the columns of words that both
 * listen for are kept, those of other words are new. Examples are mixed with the settings of the trained one.
 *
 * @param part `head`: the layers below the first recurrent one are frozen; `all`: all are trained
 * @throws SeqkitError `usage` for a model of another library
 */
export async function transferred(
  from: Trained,
  words: readonly string[],
  part: TransferPart,
  options: ModelOptions,
): Promise<{ settings: TriggerPreset; network: Network }> {
  refuseWindow(from.settings.network);
  const settings = structuredClone(from.settings);
  // As this release trains: a model of an earlier one holds settings of training that have changed since.
  const preset = triggerPreset(settings.network.layers ?? 'standard');
  settings.training = shorter(structuredClone(preset.training));
  settings.synthesis = { ...structuredClone(preset.synthesis), ...settings.synthesis };
  const { thresholds = {} } = settings.firing;
  delete settings.firing.thresholds;
  const kept = Object.entries(thresholds).filter(([word]) => words.includes(word));
  // What a lone word of several fires at is its own threshold.
  if (words.length > 1 && kept.length > 0) settings.firing.thresholds = Object.fromEntries(kept);
  else if (kept.length === 1) [[, settings.firing.threshold]] = kept;
  delete settings.network.words;
  if (words.length > 1) settings.network.words = words.length;
  const network = triggerNetwork(settings.network, options);
  await network.build([settings.network.kernelFrames, settings.features.bands]);
  network.layers.forEach((layer, i) => {
    const trained = from.network.layers[i];
    if (layer.name === 'output') takeColumns(layer, words, trained, from.words);
    else layer.setWeights(trained.getWeights());
  });
  const head = network.layers.findIndex(({ kind }) => kind === 'GRU');
  if (part === 'head') for (const layer of network.layers.slice(0, head)) layer.trainable = false;
  return { settings, network };
}

function shorter(training: TrainingSettings): TrainingSettings {
  return {
    ...training,
    epochs: Math.ceil(EPOCH_SHARE * training.epochs),
    ...(training.resampling && {
      resampling: {
        ...training.resampling,
        epochs: training.resampling.epochs.map((left) => Math.floor(EPOCH_SHARE * left)),
      },
    }),
    minExamples: Math.min(MIN_EXAMPLES, training.minExamples),
  };
}

/** Takes over kernel (units, words) and bias (words) of the words that the trained layer has too. */
function takeColumns(
  layer: Layer,
  words: readonly string[],
  trained: Layer,
  trainedWords: readonly string[],
): void {
  const old = trained.getWeights();
  const weights = layer.getWeights().map(({ data, shape }, i) => {
    const values = Float64Array.from(data);
    words.forEach((word, column) => {
      const oldColumn = trainedWords.indexOf(word);
      if (oldColumn < 0) return;
      for (let row = 0; row < values.length / words.length; row++) {
        values[row * words.length + column] = old[i].data[row * trainedWords.length + oldColumn];
      }
    });
    return { data: values, shape };
  });
  layer.setWeights(weights);
}
