// Training examples of the speech embedding, mixed as frames: what adds up as sound is added here as power, band by band.
// That costs a fiftieth of mixing sound, so that each example is new.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  EMBEDDING_BANDS as BANDS,
  HOP_FRAMES,
  WINDOW_FRAMES,
} from '../../dist/audio/embedding/embedding-network.js';
import { EMBEDDING_RATE, FRAME_SAMPLES } from '../../dist/audio/embedding/mel-frames.js';
import { melFilters } from '../../dist/audio/signal/mel.js';

/** Windows of an example, one hop apart: the word ends within the last hops, or just before. */
const WINDOWS = 3;
export const FRAMES = WINDOW_FRAMES + (WINDOWS - 1) * HOP_FRAMES;
const [EARLIEST_END, LATEST_END] = [WINDOW_FRAMES - 6, FRAMES - 4];
/** Of the clips as they are kept, and of the noise; dB of full scale. */
const [CLIP_DB, NOISE_DB] = [-26, -20];
/** Shares of the examples without a word: noise alone, and half a word. */
const [NOISE_SHARE, HALF_SHARE] = [0.04, 0.05];
/** Of all examples, where one of twelve clips is by people. */
const PEOPLE_SHARE = 0.14;
/** Where each band hears best, Hz. */
const BAND_HZ = melFilters({
  ...{ bands: BANDS, lowHz: 60, highHz: 3800, sampleRate: EMBEDDING_RATE },
  ...{ frameSamples: FRAME_SAMPLES, scale: 'slaney' },
}).map(({ firstBin, weights }) => {
  const best = firstBin + weights.indexOf(Math.max(...weights));
  return (best * EMBEDDING_RATE) / FRAME_SAMPLES;
});

/** Clips that `speak.mjs` made; one in `heldOut` is kept to judge by. */
export class FrameMixer {
  constructor(folder, random, heldOut = 25) {
    const { words, steps, clips } = JSON.parse(readFileSync(join(folder, 'clips.json'), 'utf8'));
    const numbers = (name) => {
      const { buffer, byteOffset, length } = readFileSync(join(folder, name));
      return new Int16Array(buffer.slice(byteOffset, byteOffset + length));
    };
    this.words = words;
    this.frames = numbers('clips.bin');
    this.noise = numbers('noise.bin');
    this.steps = steps;
    this.random = random;
    /** From 0, clean words, to 1, words in noise among other words. */
    this.difficulty = 1;
    const isHeldOut = (_, n) => (n * 7919) % heldOut === 0;
    const usable = clips.filter(({ start, end }) => end - start >= 8);
    const part = (list) => ({
      all: list.filter(({ engine }) => engine !== 'people'),
      people: list.filter(({ engine }) => engine === 'people'),
    });
    this.parts = {
      train: part(usable.filter((clip, n) => !isHeldOut(clip, n))),
      heldOut: part(usable.filter(isHeldOut)),
    };
  }

  /** Words and one class for what is none. */
  get classes() {
    return this.words.length + 1;
  }

  /** Fills x (FRAMES, BANDS) from `at` on. @returns the class */
  example(x, at, clips, isPerson) {
    const { random } = this;
    const power = new Float64Array(FRAMES * BANDS);
    const level = random.uniform(-46, -14);
    const kind = random.uniform();
    let label = this.words.length;
    if (kind >= NOISE_SHARE) {
      const clip = random.choice(isPerson ? clips.people : clips.all);
      const isHalf = kind < NOISE_SHARE + HALF_SHARE;
      if (!isHalf) label = clip.label;
      this.#addWord(power, clip, level, isHalf);
    }
    const hard = this.difficulty;
    const behind = random.uniform(15 - 15 * hard, 30);
    if (random.uniform() >= 0.3 * hard) this.#addNoise(power, level - behind);
    else this.#addBabble(power, level - Math.max(3, behind));
    if (random.uniform() < 0.4) addHiss(power, Math.max(-85, level - random.uniform(8, 45)), random);
    const offsets = this.#recorder();
    for (let i = 0; i < power.length; i++) {
      x[at + i] = Math.log10(Math.max(power[i] * offsets[i % BANDS], 1)) + 2;
    }
    this.#hide(x, at);
    return label;
  }

  #addWord(power, clip, level, isHalf) {
    const { random } = this;
    const end = EARLIEST_END + random.integer(LATEST_END - EARLIEST_END + 1);
    const half = Math.round((clip.end - clip.start) / 2);
    // The first half of a word, where it is cut off.
    const own = isHalf ? { ...clip, end: clip.end - half, cut: true } : clip;
    const begin = this.#add(power, own, end, level);
    if (random.uniform() < 0.45 * this.difficulty) {
      const before = random.choice(this.parts.train.all);
      this.#add(power, before, begin - random.integer(25), level + random.uniform(-6, 6));
    }
    if (random.uniform() < 0.25 * this.difficulty) {
      const after = random.choice(this.parts.train.all);
      const from = end + 2 + random.integer(20);
      this.#add(power, after, from + after.end - after.start, level + random.uniform(-6, 6));
    }
  }

  /** Adds a clip whose speech ends at frame `end`. @returns where it begins */
  #add(power, clip, end, level) {
    const { random, steps } = this;
    const pace = Math.exp(random.uniform(-0.14, 0.14));
    const shift = random.uniform() < 0.25 ? 0 : random.uniform(-0.12, 0.12);
    const gain = (level - CLIP_DB) / 10 - 2;
    const last = clip.cut ? clip.end : clip.frames - 1;
    for (let f = 0; f < FRAMES; f++) {
      const from = clip.end + (f - end) * pace;
      const frame = Math.floor(from);
      if (frame < 0 || frame + 1 > last) continue;
      const part = from - frame;
      const row = (clip.at + frame) * BANDS;
      for (let band = 0; band < BANDS; band++) {
        const at = Math.min(BANDS - 1.001, Math.max(0, band * (1 + shift)));
        const low = Math.floor(at);
        const share = at - low;
        const i = row + low;
        const here = this.frames[i] * (1 - share) + this.frames[i + 1] * share;
        const next = this.frames[i + BANDS] * (1 - share) + this.frames[i + BANDS + 1] * share;
        power[f * BANDS + band] += 10 ** ((here * (1 - part) + next * part) / steps + gain);
      }
    }
    return end - (clip.end - clip.start) / pace;
  }

  #addNoise(power, level) {
    const rows = this.noise.length / BANDS;
    const from = this.random.integer(rows - FRAMES);
    const gain = (level - NOISE_DB) / 10 - 2;
    for (let i = 0; i < power.length; i++) {
      power[i] += 10 ** (this.noise[from * BANDS + i] / this.steps + gain);
    }
  }

  #addBabble(power, level) {
    const { random } = this;
    for (let k = 2 + random.integer(4); k > 0; k--) {
      this.#add(power, random.choice(this.parts.train.all), random.integer(FRAMES + 40), level - 5);
    }
  }

  /** What a microphone and a line do to each band, as factors. */
  #recorder() {
    const { random } = this;
    const decibels = new Float64Array(BANDS);
    if (random.uniform() < 0.5) {
      const tilt = random.uniform(-10, 10);
      for (let band = 0; band < BANDS; band++) decibels[band] += tilt * (band / (BANDS - 1) - 0.5);
    }
    for (let peaks = random.uniform() < 0.5 ? random.integer(4) : 0; peaks > 0; peaks--) {
      const [middle, width, height] = [
        random.uniform(0, BANDS),
        random.uniform(1.5, 6),
        random.uniform(-10, 10),
      ];
      for (let band = 0; band < BANDS; band++) {
        decibels[band] += height * Math.exp(-0.5 * ((band - middle) / width) ** 2);
      }
    }
    const [low, high] =
      random.uniform() < 0.15
        ? [300, 3400]
        : [
            random.uniform() < 0.15 ? random.uniform(80, 500) : 0,
            random.uniform() < 0.15 ? random.uniform(1800, 3800) : 9e3,
          ];
    for (let band = 0; band < BANDS; band++) {
      if (BAND_HZ[band] < low) decibels[band] -= Math.min(40, 18 * Math.log2(low / BAND_HZ[band]));
      if (BAND_HZ[band] > high) decibels[band] -= Math.min(40, 90 * Math.log2(BAND_HZ[band] / high));
    }
    return decibels.map((db) => 10 ** (db / 10));
  }

  /** SpecAugment (Park et al. 2019): some bands and some frames are their mean. */
  #hide(x, at) {
    const { random } = this;
    const total = FRAMES * BANDS;
    const bands = random.uniform() < 0.35 * this.difficulty ? 1 + random.integer(4) : 0;
    const frames = random.uniform() < 0.25 * this.difficulty ? 1 + random.integer(6) : 0;
    if (bands + frames === 0) return;
    let mean = 0;
    for (let i = 0; i < total; i++) mean += x[at + i] / total;
    const [firstBand, firstFrame] = [random.integer(BANDS - bands), random.integer(FRAMES - frames)];
    for (let f = 0; f < FRAMES; f++) {
      for (let band = 0; band < BANDS; band++) {
        const isHidden =
          (band >= firstBand && band < firstBand + bands) || (f >= firstFrame && f < firstFrame + frames);
        if (isHidden) x[at + f * BANDS + band] = mean;
      }
    }
  }

  /** A batch: x (count, FRAMES, BANDS) and a class each. */
  batch(count, part = 'train', share = PEOPLE_SHARE) {
    const x = new Float32Array(count * FRAMES * BANDS);
    const clips = this.parts[part];
    const y = Float32Array.from({ length: count }, (_, n) =>
      this.example(x, n * FRAMES * BANDS, clips, this.random.uniform() < share),
    );
    return { x, y };
  }
}

function addHiss(power, level, random) {
  // A band of noise from a white one: as its share of the spectrum; close enough.
  const each = 32_768 ** 2 * 10 ** (level / 10);
  for (let i = 0; i < power.length; i++) power[i] += each * -Math.log(1 - 0.98 * random.uniform()) * 1.05;
}
