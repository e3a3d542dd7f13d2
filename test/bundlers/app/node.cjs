const { readFileSync } = require('node:fs');
const { KeyedVectors } = require('seqkit/embeddings');
const { decodeWav } = require('seqkit/audio');
const { Sequential } = require('seqkit');

(async () => {
  const vectors = await KeyedVectors.load('files/vectors.txt');
  const answers = {
    analogy: vectors.mostSimilar({ positive: ['king', 'woman'], negative: ['man'], topn: 3 }),
    rate: decodeWav(readFileSync('files/recording.wav'), 'recording.wav').sampleRate,
    kind: typeof Sequential,
  };
  console.log(JSON.stringify(answers));
})();
