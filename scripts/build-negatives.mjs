// Builds data/negatives/prompts-<hash>.safetensors.gz: recorded speech, mixed as training mixes and embedded, as negatives
// for trigger models upon the embedding of this hash. It needs the compiled dist, the embedding (Google's by
// `seqkit add-embedding`, or a file that is named) and Debian's packages of Asterisk's prompts, unpacked:
//
//   apt-get download asterisk-core-sounds-{en,es,fr,it,ru}-wav asterisk-prompt-it-menardi-wav
//   for f in *.deb; do dpkg -x "$f" prompts; done
//   node scripts/build-negatives.mjs prompts/usr/share/asterisk/sounds [embedding.safetensors]
//
// It is seeded: the same recordings and embedding give the same bytes.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folders of the speakers: language, licence and who is to be named. */
const SPEAKERS = [
  ['en_US_f_Allison', 'en', 'Allison Smith, for Digium (CC BY-SA 3.0)'],
  ['es_MX_f_Allison', 'es', 'Allison Smith, for Digium (CC BY-SA 3.0)'],
  ['fr_CA_f_June', 'fr', 'June Wallack, for Digium (CC BY-SA 3.0)'],
  ['it_IT_m_Carlo', 'it', 'Carlo Flora (CC BY 3.0)'],
  ['it_IT_f_Menardi', 'it', 'Paola Dal Zot and Marco Menardi (CC BY-SA 3.0)'],
  ['ru_RU_f_IvrvoiceRU', 'ru', 'Maxim Topal, ivrvoice.ru (CC BY 3.0)'],
];
const NOTICE = `Embeddings of Asterisk's voice prompts, under CC BY-SA 3.0 (https://creativecommons.org/licenses/by-sa/3.0/): ${SPEAKERS.map(([, language, who]) => `${language}: ${who}`).join('; ')}. Changed: pitch and pace, noise, rooms and recorders, then embedded and rounded.`;
const RATE = 16_000;
const SEED = 1;
/** Between prompts, in a row. */
const PAUSE = 0.2 * RATE;
/** Of a row in one voice, and of it in one example. */
const [WARPED, HEARD] = [20 * RATE, 4.2 * RATE];
const SHORTEST = 3 * RATE;
/** Every second example is kept: so many hours in so many megabytes. */
const KEPT_OF = 2;
const MIN_FILE_BYTES = 4_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const fromDist = (path) => import(new URL(`../dist/${path}`, import.meta.url).href);

const [folder, embeddingFile] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node scripts/build-negatives.mjs <folder of the prompts> [embedding.safetensors]');
  process.exit(2);
}
const { readClips, SpeechEmbedding } = await fromDist('audio/index.js');
const { VOICE_SYNTHESIS } = await fromDist('audio/voices/voice-synthesis.js');
const { randomWarp, warpVoice } = await fromDist('audio/voices/warp.js');
const { mixExample } = await fromDist('audio/advanced.js');
const { madeBackgrounds } = await fromDist('audio/mixing/made-backgrounds.js');
const { triggerPreset } = await fromDist('audio/detection/trigger-settings.js');
const { encodeNegatives } = await fromDist('audio/embedding/embedded-negatives.js');
const { negativesFile } = await fromDist('audio/embedding/shipped-negatives.js');
const { Random } = await fromDist('rnn/index.js');
const { gzip } = await fromDist('base/encoding/gzip.js');
const { singleChunk } = await fromDist('base/encoding/byte-chunks.js');
const { writeFileAtomic } = await fromDist('base/host/files.js');

const embedding = await (embeddingFile === undefined
  ? SpeechEmbedding.default()
  : SpeechEmbedding.load(embeddingFile));
const settings = {
  ...triggerPreset('embedding').synthesis,
  ...VOICE_SYNTHESIS,
  // One stretch of speech in each, and nothing of a word.
  ...{ activateShare: 0, maxNegatives: 1, speechShare: 1, babbleShare: 0 },
};
const random = new Random(SEED);
const backgrounds = madeBackgrounds(32, 12, RATE, random.fork('backgrounds'));
const [examples, speaker] = [[], []];
for (const [n, [name]] of SPEAKERS.entries()) {
  const own = random.fork(name);
  const row = inARow(own.shuffle(promptsOf(join(folder, name))));
  for (let at = 0; at + SHORTEST < row.length; at += WARPED) {
    const voice = warpVoice(row.slice(at, at + WARPED), RATE, randomWarp(own));
    for (let from = 0, k = 0; from + SHORTEST < voice.length; from += HEARD, k++) {
      if (k % KEPT_OF > 0) continue;
      const samples = voice.slice(from, from + HEARD);
      const clip = { name, samples, speech: { start: 0, end: samples.length } };
      const clips = { sampleRate: RATE, activates: [clip], negatives: [], speech: [clip], backgrounds };
      examples.push(embedding.embed(mixExample(clips, settings, own).samples));
      speaker.push(n);
    }
  }
  console.error(`${name}: ${examples.length} examples so far`);
}
const [{ frames, size }] = examples;
const data = new Float32Array(examples.length * frames * size);
examples.forEach((example, n) => data.set(example.data, n * frames * size));
const bytes = encodeNegatives({
  ...{ hash: embedding.hash, exampleSeconds: settings.exampleSeconds, frames, size, data },
  speakers: SPEAKERS.map(([name, language]) => ({ name, language })),
  ...{ speaker: Uint8Array.from(speaker), notice: NOTICE },
});
const packed = [];
for await (const part of gzip(singleChunk(bytes))) packed.push(part);
const file = Buffer.concat(packed);
const target = negativesFile(embedding.hash);
await mkdir(dirname(root + target), { recursive: true });
await writeFileAtomic(root + target, file, { force: true });
const hours = (examples.length * settings.exampleSeconds) / 3600;
console.error(`${target}: ${hours.toFixed(2)} h in ${(file.length / 1e6).toFixed(2)} MB`);

/** The speech of each prompt; those without any are none. */
function promptsOf(path) {
  const files = readdirSync(path, { recursive: true })
    .filter((name) => name.endsWith('.wav') && !/silence|beep|tone/.test(name))
    .filter((name) => statSync(join(path, name)).size > MIN_FILE_BYTES)
    .sort()
    .map((name) => ({
      path: `negatives/${name.replaceAll(/[/\\]/g, '-')}`,
      bytes: readFileSync(join(path, name)),
    }));
  return readClips(files, RATE).negatives.map(({ samples, speech }) =>
    samples.subarray(speech.start, speech.end),
  );
}

function inARow(prompts) {
  const out = new Float32Array(prompts.reduce((sum, { length }) => sum + length + PAUSE, 0));
  let at = 0;
  for (const prompt of prompts) {
    out.set(prompt, at);
    at += prompt.length + PAUSE;
  }
  return out;
}
