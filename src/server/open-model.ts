import {
  checkSafetensorsStart,
  decodeSafetensors,
  looksLikeSafetensors,
} from '../base/encoding/safetensors.js';
import { SeqkitError } from '../base/errors.js';
import { choice, flag, optional, optionsSchema } from '../base/schema/index.js';
import { readSource, type FileSource } from '../base/source/file-source.js';
import { TriggerModel } from '../audio/trigger-model.js';
import { KeyedVectors } from '../embeddings/keyed-vectors/keyed-vectors.js';
import { engineChoices, type EngineChoice } from '../rnn/engine/engine-names.js';
import { Chatbot } from '../tasks/chatbot/chatbot.js';
import { SequenceClassifier } from '../tasks/classifier/sequence-classifier.js';
import { SequenceRegressor } from '../tasks/regressor/sequence-regressor.js';
import { Seq2Seq } from '../tasks/seq2seq/seq2seq.js';
import { SequenceTagger } from '../tasks/tagger/sequence-tagger.js';
import { TextModel } from '../text/model/text-model.js';
import { MusicModel } from '../text/music/composition/music-model.js';
import { TuneModel } from '../text/music/composition/tune-model.js';
import type { ServableModel } from './model-endpoints.js';

export interface OpenModelOptions {
  /** What runs a network. @default 'auto' */
  readonly engine?: EngineChoice;
  /** Whether a file of seqkit's is compared with the digest in it. @default true */
  readonly verify?: boolean;
}

const openOptions = optionsSchema<OpenModelOptions>('openModel', {
  engine: optional(choice(engineChoices)),
  verify: optional(flag),
});

type Opener = (bytes: Uint8Array, options: OpenModelOptions) => Promise<ServableModel>;

/** What opens a file, by the class that its metadata names. */
const OPENERS: Readonly<Record<string, Opener>> = {
  Chatbot: (bytes, { verify = true }) => Chatbot.load(bytes, { verify }),
  Seq2Seq: (bytes, options) => Seq2Seq.load(bytes, options),
  SequenceClassifier: (bytes, options) => SequenceClassifier.load(bytes, options),
  SequenceRegressor: (bytes, options) => SequenceRegressor.load(bytes, options),
  SequenceTagger: (bytes, options) => SequenceTagger.load(bytes, options),
  TriggerModel: (bytes, options) => TriggerModel.load(bytes, options),
  async TextModel(bytes, options) {
    const model = await TextModel.load(bytes, options);
    if (model.extra['tunes'] !== undefined) return TuneModel.of(model, 'The model');
    return model.extra['music'] === undefined ? model : new MusicModel(model);
  },
};

/**
 * Opens a model of any kind that can be served; what is no file of seqkit's is read as word vectors.
 * @param from its file's path, a URL, a Blob, or its bytes
 * @throws SeqkitError `file-access`; `bad-file` where it is damaged, or a network that is no model of a task
 */
export async function openModel(from: FileSource, options: OpenModelOptions = {}): Promise<ServableModel> {
  const known = openOptions.parse(options);
  const { verify = true } = known;
  const vectors = () => KeyedVectors.load(from, { verify });
  const file = await readSource(from, 'openModel: from', {
    ...{ name: 'The model', kind: 'a model' },
    check(start, size, path) {
      if (!looksLikeSafetensors(start)) throw new ForeignFile();
      checkSafetensorsStart(start, size, path);
    },
  }).catch((error: unknown) => {
    if (error instanceof ForeignFile) return undefined;
    throw error;
  });
  if (file === undefined || !looksLikeSafetensors(file.bytes)) return vectors();
  const { metadata } = decodeSafetensors(file.bytes, file.name, { verify: false });
  if (metadata['format'] === 'seqkit-vectors') return vectors();
  const kind = metadata['kind'] ?? '';
  if (Object.hasOwn(OPENERS, kind)) return OPENERS[kind](file.bytes, known);
  const what = kind === '' ? 'no model of seqkit' : `a ${kind}, which has no way of its own to be asked`;
  throw new SeqkitError(`${file.name} holds ${what}.`, {
    code: 'bad-file',
    hint: 'Give a classifier, a chatbot, a tagger, a regressor, a Seq2Seq, a text or music model, word vectors or a trigger model.',
  });
}

/** Thrown from within a reading, to end it: the file is none of seqkit's. */
class ForeignFile extends SeqkitError {
  constructor() {
    super('The file is none that seqkit writes.', { code: 'bad-file' });
  }
}
