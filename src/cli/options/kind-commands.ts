/** The commands that make the files of a class, and that take them. */
const COMMANDS: Readonly<Record<string, readonly [made: string, taken?: string]>> = {
  TextModel: ['train-text', 'generate'],
  MusicModel: ['train-music', 'compose'],
  TuneModel: ['train-music', 'compose'],
  TriggerModel: ['train-trigger', 'detect'],
  SequenceClassifier: ['train-classifier', 'classify'],
  Chatbot: ['train-chatbot', 'chat'],
  SequenceTagger: ['train-tagger', 'tag'],
  Seq2Seq: ['train-seq2seq', 'translate'],
  SequenceRegressor: ['train-forecast', 'forecast'],
  SpeechEmbedding: ['add-embedding'],
  KeyedVectors: ['train-embeddings or convert-vectors', 'analogy'],
};

/**
 * The hint for a file that holds something else than is opened, in the words of the command line.
 * @param message of the library, such as `x holds a Chatbot, not a TextModel.`
 * @param hint of the library, such as `Open it with Chatbot.load.`
 */
export function kindHint(message: string, hint: string | undefined): string | undefined {
  const [, expected = ''] = /, (?:but )?not a (\w+)\.$/.exec(message) ?? [];
  const [, held = ''] = /^Open it with (\w+)\.load\.$/.exec(hint ?? '') ?? [];
  const of = (kind: string) => (Object.hasOwn(COMMANDS, kind) ? COMMANDS[kind] : undefined);
  const made = of(expected)?.[0];
  const taken = of(held)?.[1];
  if (made === undefined && taken === undefined) return hint;
  const hints = [
    ...(made === undefined ? [] : [`Give a file that ${made} made.`]),
    ...(taken === undefined ? [] : [`This one is for seqkit ${taken}.`]),
  ];
  return hints.join(' ');
}
