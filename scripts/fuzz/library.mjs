export {
  Adam,
  BatchNormalization,
  Bidirectional,
  Conv1D,
  Dense,
  Dropout,
  GRU,
  KeyedVectors,
  LSTM,
  MusicModel,
  Random,
  Sequential,
  TextModel,
} from '../../dist/index.js';
export { FastText, Word2Vec } from '../../dist/embeddings/index.js';
