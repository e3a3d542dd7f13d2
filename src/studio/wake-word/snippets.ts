/** A page that listens. @param isUponEmbedding whether the model hears through the embedding that comes with seqkit */
export const pageSnippet = (isUponEmbedding: boolean): string =>
  [
    "import { listen } from 'seqkit/audio/browser';",
    ...(isUponEmbedding ? ["import embedding from 'seqkit/data/embedding/speech-embedding.js';"] : []),
    '',
    'await listen({',
    "  model: '/trigger.safetensors',",
    ...(isUponEmbedding ? ['  embedding,'] : []),
    '  onTrigger: ({ word }) => console.log(word),',
    '});',
  ].join('\n');

/** A program for Node that hears what another records. */
export const PROGRAM = `// arecord -t raw -f S16_LE -r 16000 -c 1 | node hear.mjs
import { TriggerModel } from 'seqkit/audio';

const trigger = await TriggerModel.load('trigger.safetensors');
for await (const { word, timeSeconds } of trigger.listen(process.stdin, { sampleRate: 16_000 })) {
  console.log(word, timeSeconds);
}`;
