import { SeqkitError } from '../base/errors.js';
import { TriggerModel } from '../audio/trigger-model.js';
import { KeyedVectors } from '../embeddings/keyed-vectors/keyed-vectors.js';
import { Chatbot } from '../tasks/chatbot/chatbot.js';
import { SequenceClassifier } from '../tasks/classifier/sequence-classifier.js';
import { SequenceRegressor } from '../tasks/regressor/sequence-regressor.js';
import { Seq2Seq } from '../tasks/seq2seq/seq2seq.js';
import { SequenceTagger } from '../tasks/tagger/sequence-tagger.js';
import { TextModel } from '../text/model/text-model.js';
import { MusicModel } from '../text/music/composition/music-model.js';
import type { Endpoint } from './api/endpoint.js';
import { chatbotEndpoints } from './endpoints/chatbot.js';
import { classifierEndpoints } from './endpoints/classifier.js';
import { musicEndpoints } from './endpoints/music.js';
import { regressorEndpoints } from './endpoints/regressor.js';
import { seq2seqEndpoints } from './endpoints/seq2seq.js';
import { taggerEndpoints } from './endpoints/tagger.js';
import { textEndpoints } from './endpoints/text.js';
import { triggerEndpoints } from './endpoints/trigger.js';
import { wordEndpoints } from './endpoints/words.js';

/** A model that answers over HTTP. */
export type ServableModel =
  | Chatbot
  | KeyedVectors
  | MusicModel
  | Seq2Seq
  | SequenceClassifier
  | SequenceRegressor
  | SequenceTagger
  | TextModel
  | TriggerModel;

/** What a model is called, and what can be asked of it. */
export interface ServedModel {
  /** Its class. */
  readonly kind: string;
  readonly endpoints: readonly Endpoint[];
}

/** @throws SeqkitError `bad-value` for what is none of these models */
export function servedModel(model: ServableModel): ServedModel {
  if (model instanceof Chatbot) return { kind: 'Chatbot', endpoints: chatbotEndpoints(model) };
  if (model instanceof KeyedVectors) return { kind: 'KeyedVectors', endpoints: wordEndpoints(model) };
  if (model instanceof MusicModel) return { kind: 'MusicModel', endpoints: musicEndpoints(model) };
  if (model instanceof Seq2Seq) return { kind: 'Seq2Seq', endpoints: seq2seqEndpoints(model) };
  if (model instanceof SequenceRegressor) {
    return { kind: 'SequenceRegressor', endpoints: regressorEndpoints(model) };
  }
  if (model instanceof SequenceTagger) return { kind: 'SequenceTagger', endpoints: taggerEndpoints(model) };
  if (model instanceof TextModel) return { kind: 'TextModel', endpoints: textEndpoints(model) };
  if (model instanceof TriggerModel) return { kind: 'TriggerModel', endpoints: triggerEndpoints(model) };
  if (model instanceof SequenceClassifier) {
    return { kind: 'SequenceClassifier', endpoints: classifierEndpoints(model) };
  }
  throw new SeqkitError('createHandler: model is none that answers over HTTP.', {
    code: 'bad-value',
    hint: 'Give a classifier, a chatbot, a tagger, a regressor, a Seq2Seq, a text or music model, word vectors or a trigger model.',
  });
}
