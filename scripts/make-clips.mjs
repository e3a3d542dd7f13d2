/**
 * Makes data/clips and data/demo: speech by espeak-ng, 16 kHz mono 16-bit.
 *
 *   node scripts/make-clips.mjs [folder, default data]
 *
 * Needs espeak-ng on the path (Debian: apt-get install espeak-ng). Everything is
 * seeded: the same espeak-ng gives the same files.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import wavefile from 'wavefile';

const SAMPLE_RATE = 16_000;
const WORD = 'activate';

/** Voices of the training clips: an accent and a variant each. */
const VOICES = [
  'en-us', 'en-us+f2', 'en-us+m3', 'en-us+f4', 'en-us+m7', 'en-us+klatt2', 'en+m1', 'en+f3', 'en+Alex',
  'en-gb-scotland+f5', 'en-gb-scotland+m2', 'en-029+m4', 'en-029+f2', 'en-gb-x-rp+f1', 'en-gb-x-rp+m6',
  'en-gb-x-gbclan+m8', 'en-gb-x-gbcwmd+f5', 'en-us-nyc+Andrea', 'en-us-nyc+m2', 'en-us+Denis',
]; // prettier-ignore

/** Voices of the demo recording, none of them above. */
const DEMO_VOICES = ['en-us+Annie', 'en-gb-x-gbclan+m5', 'en-us-nyc+belinda', 'en+travis'];

/** Words and phrases that are not the trigger; the first rows sound like it. */
const OTHER_WORDS = [
  'active', 'actor', 'captivate', 'actuate', 'motivate', 'elevate', 'act of eight', 'cultivate', 'octave',
  'activity', 'actually', 'advocate', 'animate', 'action', 'private', 'estimate', 'rotate', 'innovate',
  'attitude', 'lack of weight', 'renovate', 'activist', 'locate', 'vacate',
  'computer', 'hello', 'water', 'window', 'yesterday', 'music', 'lights', 'kitchen', 'seven', 'remember',
  'garden', 'elephant', 'stop', 'mountain', 'coffee', 'purple', 'telephone', 'weather', 'banana', 'number',
  'open the door', 'good morning', 'what time is it', 'turn it down', 'thank you very much',
  'see you later', 'the cat sat here', 'how are you', 'next week maybe', 'play some music',
  'I have no idea', 'call me back', 'it is raining', 'two of them', 'come over here', 'never mind',
  'read the paper', 'close to the river', 'a quiet evening', 'wait for it', 'ten past eight', 'that is fine',
]; // prettier-ignore

/** Running speech, one line a voice: a model that hears single words alone fires in the middle of sentences. */
const SENTENCES = [
  'The baker sold the last loaf before nine.', 'My sister lives across the valley.',
  'They cancelled the ferry after the storm.', 'Put the batteries in the kitchen cabinet.',
  'A family of foxes sleeps behind the garage.', 'He talked about history and lost track of time.',
  'The capital has eleven bridges.', 'Is that the black umbrella or the navy one?',
  'She packed apples, crackers and a flask.', 'Every winter the pipes freeze again.',
  'I would rather wait until Saturday.', 'The factory makes plastic chairs.',
  'Nine candidates applied for one vacancy.', 'Bring your passport and a recent photograph.',
  'The doctor asked him to breathe out slowly.', 'Most of the gallery was empty by eight.',
  'We planted lavender along the path.', 'That chapter explains how magnets attract.',
  'The actual price is a bit higher.', 'Grandfather kept canaries in the attic.',
]; // prettier-ignore

/** Lines for the babble background. */
const LINES = [
  'She walked along the harbour and counted the boats that had come in since the morning.',
  'We could have lunch outside if the wind drops, but bring a coat all the same.',
  'The train was late again, so the meeting began without half of the people who called it.',
  'He keeps three old bicycles in the shed and says that one day he will mend them.',
  'Nobody knew who had painted the fence, though everyone agreed it looked better in green.',
  'If you boil the rice too long it sticks, and then there is nothing to do but start over.',
];

/** Words of the demo recording, in order: [voice, text]; a null text is the trigger. */
const DEMO_SCRIPT = [
  [0, 'breakfast'], [1, null], [2, 'library'], [3, 'captain'], [0, null], [1, 'remember'],
  [3, 'octave'], [2, null], [0, 'umbrella'], [1, 'tomorrow'], [3, null], [2, 'radio'],
]; // prettier-ignore

const scratch = mkdtempSync(join(tmpdir(), 'seqkit-clips-'));

/** Mulberry32: uniform numbers in [0, 1) from a 32-bit seed. */
function uniformFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** What espeak-ng says, as samples of -1 to 1 at 16 kHz. */
function speak(text, { voice, wordsPerMinute = 160, pitch = 50 }) {
  const path = join(scratch, 'speech.wav');
  execFileSync('espeak-ng', ['-v', voice, '-s', `${wordsPerMinute}`, '-p', `${pitch}`, '-w', path, text]);
  const wav = new wavefile.WaveFile(readFileSync(path));
  wav.toBitDepth('32f');
  wav.toSampleRate(SAMPLE_RATE, { method: 'sinc', LPFType: 'FIR' });
  return Float64Array.from(wav.getSamples(false, Float64Array));
}

function write(path, samples) {
  const wav = new wavefile.WaveFile();
  const pcm = Int16Array.from(samples, (x) => Math.round(32767 * Math.max(-1, Math.min(1, x))));
  wav.fromScratch(1, SAMPLE_RATE, '16', pcm);
  writeFileSync(path, wav.toBuffer());
}

const peakOf = (samples) => samples.reduce((peak, x) => Math.max(peak, Math.abs(x)), 1e-9);

/** First and last sample above 1% of the peak. */
function edgesOf(samples) {
  const floor = 0.01 * peakOf(samples);
  const loud = (x) => Math.abs(x) > floor;
  return [samples.findIndex(loud), samples.findLastIndex(loud) + 1];
}

/** A clip as a recorder gives it: a lead-in, the word at some level, a tail, and a faint room tone. */
function clipOf(speech, uniform) {
  const [start, end] = edgesOf(speech);
  const lead = Math.round((0.03 + 0.12 * uniform()) * SAMPLE_RATE);
  const tail = Math.round((0.05 + 0.4 * uniform() ** 2) * SAMPLE_RATE);
  const gain = 10 ** ((-2 - 14 * uniform()) / 20) / peakOf(speech);
  const hiss = 10 ** ((-75 + 20 * uniform()) / 20);
  const clip = new Float64Array(lead + end - start + tail);
  for (let i = 0; i < clip.length; i++) clip[i] = hiss * (2 * uniform() - 1);
  for (let i = start; i < end; i++) clip[lead + i - start] += gain * speech[i];
  return clip;
}

/** Noise whose power falls by 3 dB an octave (Voss and McCartney: sixteen sources, each half as often renewed). */
function pinkNoise(length, uniform) {
  const sources = Float64Array.from({ length: 16 }, () => uniform() - 0.5);
  let sum = sources.reduce((a, b) => a + b, 0);
  return Float64Array.from({ length }, (_, i) => {
    const k = Math.min(15, Math.clz32(i & -i) ^ 31);
    const fresh = uniform() - 0.5;
    sum += fresh - sources[k & 15];
    sources[k & 15] = fresh;
    return (sum + uniform() - 0.5) / 8;
  });
}

const slug = (text) => text.toLowerCase().replaceAll(/[^a-z]+/g, '-');

function makeActivates(folder) {
  const uniform = uniformFrom(1);
  const settings = [{ wordsPerMinute: 125 }, { wordsPerMinute: 165 }, { wordsPerMinute: 205 }];
  VOICES.forEach((voice, index) => {
    settings.forEach(({ wordsPerMinute }, variant) => {
      // Two voices in three say it three times, the others twice: 54 clips.
      if (variant === 2 && index % 3 === 2) return;
      const pitch = Math.round(35 + 35 * uniform());
      const speech = speak(WORD, {
        voice,
        wordsPerMinute: Math.round(wordsPerMinute * (0.92 + 0.16 * uniform())),
        pitch,
      });
      write(join(folder, `${voice}_${WORD}-${variant + 1}.wav`), clipOf(speech, uniform));
    });
  });
}

function makeNegatives(folder) {
  const uniform = uniformFrom(2);
  OTHER_WORDS.forEach((text, index) => {
    const voice = VOICES[(index * 7) % VOICES.length];
    const speech = speak(text, {
      voice,
      wordsPerMinute: Math.round(150 + 60 * uniform()),
      pitch: Math.round(35 + 35 * uniform()),
    });
    write(join(folder, `${voice}_${slug(text)}.wav`), clipOf(speech, uniform));
  });
  SENTENCES.forEach((text, index) => {
    const voice = VOICES[index];
    const speech = speak(text, {
      voice,
      wordsPerMinute: Math.round(200 + 45 * uniform()),
      pitch: Math.round(35 + 35 * uniform()),
    });
    const words = slug(text).split('-').slice(0, 4).join('-');
    write(join(folder, `${voice}_${words}.wav`), clipOf(speech, uniform));
  });
}

/** A quiet room: pink noise with slow swells. */
function roomTone(seconds, uniform) {
  return pinkNoise(seconds * SAMPLE_RATE, uniform).map(
    (x, i) => 0.06 * x * (1 + 0.4 * Math.sin((2 * Math.PI * i) / (5.3 * SAMPLE_RATE))),
  );
}

/** People talking at once in another part of the room: lines in six voices laid over each other. */
function babble(seconds, uniform) {
  const out = roomTone(seconds, uniform).map((x) => 0.3 * x);
  for (let layer = 0; layer < 6; layer++) {
    const voice = VOICES[(layer * 3 + 1) % VOICES.length];
    const speech = speak(LINES.map((_, k) => LINES[(k + layer) % LINES.length]).join(' '), { voice });
    const gain = (0.05 + 0.05 * uniform()) / peakOf(speech);
    const from = Math.floor(uniform() * (speech.length - out.length));
    for (let i = 0; i < out.length; i++) out[i] += gain * speech[from + i];
  }
  return out;
}

/** Mains hum and its harmonics, a fan, and dishes: short ringing knocks. */
function humAndClatter(seconds, uniform) {
  const length = seconds * SAMPLE_RATE;
  const out = pinkNoise(length, uniform).map((x) => 0.03 * x);
  for (const [hertz, level] of [[50, 0.02], [100, 0.012], [150, 0.008], [300, 0.004], [723, 0.003]]) {
    const phase = 2 * Math.PI * uniform();
    for (let i = 0; i < length; i++) out[i] += level * Math.sin((2 * Math.PI * hertz * i) / SAMPLE_RATE + phase);
  } // prettier-ignore
  for (let knock = 0; knock < 3 * seconds; knock++) {
    const at = Math.floor(uniform() * length);
    const [hertz, ring, level] = [
      600 + 4500 * uniform() ** 2,
      0.01 + 0.06 * uniform(),
      0.03 + 0.15 * uniform() ** 2,
    ];
    for (let i = 0; i < 0.3 * SAMPLE_RATE && at + i < length; i++) {
      const t = i / SAMPLE_RATE;
      const tone = Math.sin(2 * Math.PI * hertz * t) + 0.6 * Math.sin(2 * Math.PI * 2.76 * hertz * t);
      out[at + i] += level * Math.exp(-t / ring) * (0.5 * tone + 0.5 * (2 * uniform() - 1));
    }
  }
  return out;
}

function makeBackgrounds(folder) {
  write(join(folder, 'room-tone.wav'), roomTone(12, uniformFrom(3)));
  write(join(folder, 'babble.wav'), babble(12, uniformFrom(4)));
  write(join(folder, 'hum-and-clatter.wav'), humAndClatter(12, uniformFrom(5)));
}

/** A recording to find the word in: unheard voices over an unheard stretch of noise, true times beside it. */
function makeDemo(folder) {
  const uniform = uniformFrom(6);
  const seconds = 32;
  const out = humAndClatter(seconds, uniform).map(
    (x, i, all) => 0.25 * x + 0.25 * all[(i * 7) % all.length] * 0.3,
  );
  const words = [];
  let at = 1;
  for (const [voice, text] of DEMO_SCRIPT) {
    const speech = speak(text ?? WORD, {
      voice: DEMO_VOICES[voice],
      wordsPerMinute: Math.round(145 + 35 * uniform()),
      pitch: Math.round(40 + 25 * uniform()),
    });
    const [start, end] = edgesOf(speech);
    const gain = 10 ** ((-6 - 10 * uniform()) / 20) / peakOf(speech);
    const first = Math.round(at * SAMPLE_RATE);
    for (let i = start; i < end; i++) out[first + i - start] += gain * speech[i];
    const round = (x) => Math.round(x * 1000) / 1000;
    words.push({
      word: text ?? WORD,
      voice: DEMO_VOICES[voice],
      startSeconds: round(first / SAMPLE_RATE),
      endSeconds: round((first + end - start) / SAMPLE_RATE),
    });
    at += (end - start) / SAMPLE_RATE + 1.3 + 0.7 * uniform();
  }
  const length = Math.min(out.length, Math.ceil(at * SAMPLE_RATE));
  write(join(folder, 'recording.wav'), out.subarray(0, length));
  const truth = {
    file: 'recording.wav',
    word: WORD,
    sampleRate: SAMPLE_RATE,
    seconds: length / SAMPLE_RATE,
    words,
  };
  writeFileSync(join(folder, 'recording.json'), `${JSON.stringify(truth, null, 2)}\n`);
}

const target = process.argv[2] ?? 'data';
const made = {
  'clips/activates': makeActivates,
  'clips/negatives': makeNegatives,
  'clips/backgrounds': makeBackgrounds,
  demo: makeDemo,
};
try {
  for (const [name, make] of Object.entries(made)) {
    const folder = join(target, name);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    make(folder);
    process.stderr.write(`made ${folder}\n`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
