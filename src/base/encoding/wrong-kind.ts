import { SeqkitError } from '../errors.js';

/** The commands that make the files of a kind, and that take them. */
const COMMANDS: Readonly<Record<string, readonly [made: string, taken?: string]>> = {
  TextModel: ['train-text', 'generate'],
  TriggerModel: ['train-trigger', 'detect'],
  SequenceClassifier: ['train-classifier', 'classify'],
  Chatbot: ['train-chatbot', 'chat'],
  SequenceTagger: ['train-tagger', 'tag'],
  Seq2Seq: ['train-seq2seq', 'translate'],
  SequenceRegressor: ['train-forecast', 'forecast'],
  SpeechEmbedding: ['add-embedding'],
  'word vectors': ['train-embeddings', 'analogy'],
};
/** What files hold that say it by their format. */
const FORMATS: Readonly<Record<string, string>> = {
  'seqkit-vectors': 'word vectors',
  'seqkit-embedding-training': 'word vectors in training',
};

/** What a safetensors file says that it holds, such as `Chatbot` or `word vectors`; undefined of files of others. */
export function heldKind({ format = '', kind }: Readonly<Record<string, string>>): string | undefined {
  return format.startsWith('seqkit') ? (FORMATS[format] ?? kind) : undefined;
}

/**
 * The error `bad-file` for a safetensors file that holds something else than is opened.
 * @param source what to call the file
 * @param held of `heldKind`
 * @param expected a kind, or other words with their article
 * @param instead what to give, where it is not told by the kind
 */
export function wrongKind(
  source: string,
  held: string | undefined,
  expected: string,
  instead?: string,
): SeqkitError {
  const made = COMMANDS[expected]?.[0];
  const taken = held === undefined ? undefined : COMMANDS[held]?.[1];
  const hints = [
    ...(made === undefined && instead === undefined ? [] : [instead ?? `Give a file that ${made} made.`]),
    ...(taken === undefined ? [] : [`This one is for seqkit ${taken}.`]),
  ];
  const what = held === undefined ? 'is a safetensors file, but' : `holds ${withArticle(held)},`;
  return new SeqkitError(`${source} ${what} not ${withArticle(expected)}.`, {
    code: 'bad-file',
    ...(hints.length > 0 && { hint: hints.join(' ') }),
  });
}

/** A kind in a sentence: names of classes get an article; other words bring their own. */
export function withArticle(kind: string): string {
  return /^[A-Z]/.test(kind) ? `a ${kind}` : kind || 'a model of no known kind';
}
