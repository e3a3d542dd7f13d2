import { wrongKind } from '../../base/encoding/wrong-kind.js';
import { SeqkitError } from '../../base/errors.js';
import {
  fieldsOf,
  listOf,
  number,
  optional,
  optionsSchema,
  parseStored,
  someText,
  wholeNumber,
} from '../../base/schema/index.js';
import type { ModelFile } from '../../rnn/graph/model-file.js';
import { checkGraph } from '../fitting/graph-check.js';
import { taggerGraph } from './tagger-network.js';
import { taggerArchitectureTable, type TaggerArchitecture } from './tagger-options.js';
import { FEATURES, FeatureTable, type Feature } from './token-features.js';

/** What a file of this kind is called. */
export const TAGGER_KIND = 'SequenceTagger';

/** What training came to, as the file keeps it. */
export interface TaggerFigures {
  /** Sequences trained on. */
  readonly sequences: number;
  readonly steps: number;
  /** The mean over the last epoch. */
  readonly loss: number;
  /** Of the epoch whose weights are kept; undefined where nothing was held out. */
  readonly heldOutLoss?: number;
}

/** What a model keeps in its file beside the network. */
export interface TaggerSettings {
  readonly architecture: TaggerArchitecture;
  readonly tables: readonly FeatureTable[];
  readonly labels: readonly string[];
  readonly figures: TaggerFigures;
}

type StoredSettings = Omit<TaggerSettings, 'tables'> & { features: Record<Feature, string[]> };

const values = listOf(someText, { max: 2 ** 24 });
const stored = fieldsOf<StoredSettings>('the settings of a SequenceTagger', {
  architecture: optionsSchema<TaggerArchitecture>('architecture', taggerArchitectureTable),
  features: fieldsOf<Record<Feature, string[]>>('words, endings and shapes', {
    word: values,
    ending: values,
    shape: values,
  }),
  labels: listOf(someText, { min: 1, max: 65_536 }),
  figures: optionsSchema<TaggerFigures>('figures', {
    sequences: wholeNumber({ min: 1 }),
    steps: wholeNumber({ min: 0 }),
    loss: number(),
    heldOutLoss: optional(number()),
  }),
});

/** The settings as they are saved. */
export function writeTagger({ architecture, tables, labels, figures }: TaggerSettings): {
  kind: string;
  settings: Record<string, unknown>;
} {
  const features = Object.fromEntries(tables.map(({ feature, values: own }) => [feature, own]));
  return { kind: TAGGER_KIND, settings: { architecture, features, labels, figures } };
}

/** @throws SeqkitError `bad-file` where the file holds another kind of model, or contradicts itself */
export function readTagger(file: ModelFile, from: string): TaggerSettings {
  if (file.kind !== TAGGER_KIND) {
    throw wrongKind(from, file.kind, TAGGER_KIND);
  }
  const { architecture, features, labels, figures } = parseStored(
    stored,
    file.settings,
    'Its settings',
    from,
  );
  for (const list of [labels, ...FEATURES.map((feature) => features[feature])]) {
    if (new Set(list).size === list.length) continue;
    throw new SeqkitError(`${from} has a label or a feature twice.`, { code: 'bad-file' });
  }
  const tables = FEATURES.map((feature) => new FeatureTable(feature, features[feature]));
  checkGraph(file, taggerGraph(architecture, tables, labels.length), from);
  return { architecture, tables, labels, figures };
}
