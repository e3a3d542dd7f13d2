// Trains the model in data/text, with which `seqkit generate` writes without one of your own. It learns The Devil's
// Dictionary by Ambrose Bierce (1911), which is in the public domain, from Debian's package of it:
//
//   apt-get download dict-devil
//   dpkg -x dict-devil_*.deb devil
//   node scripts/make-text-model.mjs devil/usr/share/dictd/devil.dict.dz        (after npm run build:ts)
//
// It is seeded: the same text gives the same bytes.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { TextModel } from '../dist/text/index.js';

const [path] = process.argv.slice(2);
if (path === undefined) {
  console.error('usage: node scripts/make-text-model.mjs <devil.dict.dz>');
  process.exit(2);
}

/** Entries of 1911 that scorn peoples and women are left out. */
const SCORN =
  /n[ei]g{1,2}[er][or]|chinese|mongol|savage|african|indian|jew|hebrew|semit|slave|wom[ae]n|female|wenc|lynch/i;

const text = gunzipSync(readFileSync(path)).toString('latin1');
const [start, end] = [text.indexOf('\nABASEMENT,') + 1, text.lastIndexOf('\n abcdefghijklmnopqrstuvwxyz')];
const entries = text.slice(start, end < 0 ? undefined : end).split(/\n+(?=[A-Z][A-Z' -]+, )/);
const kept = entries.filter((entry) => !SCORN.test(entry));
const book = kept.map((entry) => `${entry.trimEnd()}\n\n`).join('');

const model = new TextModel({
  ...{ cell: 'gru', units: 112, layers: 2, dropout: 0.15, tied: true },
  ...{ tokens: 'bpe', vocabularySize: 400, seed: 1, engine: 'wasm', threads: 1 },
});
const { seconds, heldOutLossPerCharacter, bestEpoch } = await model.fit(book, {
  ...{ steps: 1_600, seqLength: 64, learningRate: 6e-3, heldOut: 0.05 },
});
await model.save(fileURLToPath(new URL('../data/text/seqkit-text.safetensors', import.meta.url)), {
  force: true,
});
console.log(
  `${kept.length} of ${entries.length} entries, ${book.length} characters, ${model.countParameters()} parameters, ` +
    `${seconds.toFixed(0)} s, held out ${heldOutLossPerCharacter[bestEpoch - 1].toFixed(3)} nats a character`,
);
await model.dispose();
