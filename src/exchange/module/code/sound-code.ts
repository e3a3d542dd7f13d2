import { modelCode } from './model-code.js';
import type { CodeParts } from './code-part.js';

/** What a detector has. */
export const soundCode: CodeParts = {
  ...modelCode,
  fastTransform: {
    code: `
/** The discrete Fourier transform in place, of a power of two of numbers (Cooley and Tukey 1965). */
function transform(real, imaginary) {
  const size = real.length;
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j], real[i]];
      [imaginary[i], imaginary[j]] = [imaginary[j], imaginary[i]];
    }
  }
  for (let width = 2; width <= size; width *= 2) {
    const half = width / 2;
    for (let k = 0; k < half; k++) {
      const angle = (-2 * Math.PI * k) / width;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      for (let i = k; i < size; i += width) {
        const a = real[i + half] * c - imaginary[i + half] * s;
        const b = real[i + half] * s + imaginary[i + half] * c;
        real[i + half] = real[i] - a;
        imaginary[i + half] = imaginary[i] - b;
        real[i] += a;
        imaginary[i] += b;
      }
    }
  }
}`,
  },
  plainTransform: {
    code: `
/** Cosines and sines of a turn. */
let turns;

/** The discrete Fourier transform in place, of any number of numbers, up to half the sample rate. */
function transform(real, imaginary) {
  const size = real.length;
  const angles = () => Float64Array.from({ length: size }, (_, k) => (-2 * Math.PI * k) / size);
  turns ??= [angles().map(Math.cos), angles().map(Math.sin)];
  const [cosines, sines] = turns;
  const given = real.slice();
  for (let k = 0; k <= size / 2; k++) {
    [real[k], imaginary[k]] = [0, 0];
    for (let n = 0; n < size; n++) {
      real[k] += given[n] * cosines[(k * n) % size];
      imaginary[k] += given[n] * sines[(k * n) % size];
    }
  }
}`,
  },
  powers: {
    code: `
/** The Hann window of a frame. */
let hann;

/** Powers of a frame under it, from 0 Hz to half the sample rate. */
function powers(frame) {
  const size = frame.length;
  const period = FEATURES.conventions === 'librosa' ? size : size - 1;
  hann ??= Float64Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / period));
  const real = Float64Array.from(frame, (x, n) => x * hann[n]);
  const imaginary = new Float64Array(size);
  transform(real, imaginary);
  return Float64Array.from({ length: size / 2 + 1 }, (_, k) => real[k] ** 2 + imaginary[k] ** 2);
}`,
  },
  density: {
    needs: ['powers'],
    code: `
/** The features of a frame: power densities. */
function featuresOf(frame) {
  const power = powers(frame);
  const energy = hann.reduce((sum, weight) => sum + weight * weight, 0);
  const scale = 32768 ** 2 / ((FEATURES.densityHz ?? FEATURES.sampleRate) * energy);
  return power.map((value, k, all) => {
    const isEnd = k === 0 || k === all.length - 1;
    return ((isEnd ? 1 : 2) * scale * value - FEATURES.mean) / FEATURES.deviation;
  });
}`,
  },
  mel: {
    needs: ['powers'],
    code: `
/** The features of a frame: levels of mel bands, or cosines of them. */
function featuresOf(frame) {
  const { conventions, kind, bands, logOffset, mean, deviation } = FEATURES;
  const power = powers(frame);
  const librosa = conventions === 'librosa';
  let at = 0;
  const levels = FILTERS.map(([first, size]) => {
    let sum = librosa ? 0 : logOffset;
    for (let i = 0; i < size; i++) sum += FILTER_WEIGHTS[at++] * power[first + i];
    return librosa ? 10 * Math.log10(Math.max(logOffset, sum)) : Math.log(sum);
  });
  const coefficient = (k) => {
    const scale = Math.sqrt((k === 0 ? 1 : 2) / levels.length);
    const cosine = (band) => Math.cos((Math.PI * k * (2 * band + 1)) / (2 * levels.length));
    return levels.reduce((sum, level, band) => sum + scale * cosine(band) * level, 0);
  };
  const value = (k) => (kind === 'mfcc' ? coefficient(k) : levels[k]);
  return Float64Array.from({ length: bands }, (_, k) => (value(k) - mean) / deviation);
}`,
  },
  fires: {
    code: `
/** Tells when the mean of the last scores reaches a threshold, and then not for a while. */
function fires(threshold, { smoothSteps, refractorySteps }) {
  const recent = new Float64Array(smoothSteps);
  let [next, still, armed] = [0, 0, true];
  const word = {
    threshold,
    smoothed: 0,
    push(score) {
      recent[next] = score;
      next = (next + 1) % smoothSteps;
      word.smoothed = recent.reduce((a, b) => a + b, 0) / smoothSteps;
      const [above, was] = [word.smoothed >= threshold, armed];
      armed = !above;
      if (still > 0) {
        still--;
        return false;
      }
      if (above && was) still = refractorySteps;
      return above && was;
    },
  };
  return word;
}`,
  },
  detector: {
    needs: ['optionsOf', 'fires'],
    code: `
/**
 * Listens to sound as it comes, in chunks of any length.
 * @param {{ sampleRate?: number }} [options] of the sound
 * @returns {{
 *   push(samples: Float32Array | Int16Array): { word: string, timeSeconds: number, score: number }[],
 *   flush(): { word: string, timeSeconds: number, score: number }[],
 *   reset(): void, scores: Float64Array }}
 */
function detector(options = {}) {
  const { sampleRate } = optionsOf('detector', options, { sampleRate: FEATURES.sampleRate });
  if (sampleRate !== FEATURES.sampleRate) {
    const hint = 'Open the microphone with new AudioContext({ sampleRate: ' + FEATURES.sampleRate + ' }).';
    throw new RangeError('The detector hears ' + FEATURES.sampleRate + ' Hz, not ' + sampleRate + '. ' + hint);
  }
  const { frameSamples, hopSamples } = FEATURES;
  let memory, frames, seen, pending, words, waiting, step, quietUntil;
  const logOdds = (score) => {
    const p = Math.min(1 - 1e-6, Math.max(1e-6, score));
    return Math.log(p / (1 - p));
  };
  const isSurer = (a, b) => {
    const [own, other] = [words[a.word].threshold, words[b.word].threshold];
    if (own === other) return a.score > b.score;
    return logOdds(a.score) - logOdds(own) > logOdds(b.score) - logOdds(other);
  };
  // Of words that fired within a short while, the one that stands furthest above its threshold.
  const believed = (now) => {
    const best = waiting.reduce((a, b) => (isSurer(b, a) ? b : a));
    waiting = [];
    if (words.length > 1) quietUntil = best.step + FIRING.rivalSteps;
    const timeSeconds = FIRING.firstStepSeconds + best.step / FIRING.stepsPerSecond;
    return [{ word: WORDS[best.word], timeSeconds, score: best.score }];
  };
  const take = (scores) => {
    const now = step++;
    scores.forEach((score, word) => {
      const isHeard = words[word].push(score) && now >= quietUntil;
      if (isHeard) waiting.push({ word, score: words[word].smoothed, step: now });
    });
    if (waiting.length === 0) return [];
    for (const one of waiting) one.score = Math.max(one.score, words[one.word].smoothed);
    return now - waiting[0].step >= (words.length === 1 ? 0 : FIRING.waitSteps) ? believed(now) : [];
  };
  const soundOf = (samples) => {
    const kind = Object.prototype.toString.call(samples);
    if (kind === '[object Int16Array]') return Float32Array.from(samples, (x) => x / 32768);
    if (kind !== '[object Float32Array]') throw new TypeError('push takes a Float32Array or an Int16Array.');
    // What is no sound is heard as silence.
    return samples.map((x) => (Math.abs(x) <= 1000 ? x : 0));
  };
  const self = {
    scores: new Float64Array(WORDS.length),
    push(samples) {
      const sound = soundOf(samples);
      const held = new Float32Array(pending.length + sound.length);
      held.set(pending);
      held.set(sound, pending.length);
      const events = [];
      let at = 0;
      for (; at + frameSamples <= held.length; at += hopSamples) {
        seen.push(featuresOf(held.subarray(at, at + frameSamples)));
        if (seen.length > FIRING.kernelFrames) seen.shift();
        const since = frames++ + 1 - FIRING.kernelFrames;
        if (since < 0 || since % FIRING.strideFrames !== 0) continue;
        self.scores = network(seen, memory)[0][0].map((logit) => 1 / (1 + Math.exp(-logit)));
        events.push(...take(self.scores));
      }
      pending = held.slice(at);
      return events;
    },
    flush: () => (waiting.length > 0 ? believed(step - 1) : []),
    reset() {
      [memory, seen, waiting] = [[], [], []];
      [frames, step, quietUntil] = [0, 0, -Infinity];
      pending = new Float32Array(0);
      words = WORDS.map((_, i) => fires(FIRING.thresholds[i], FIRING));
      self.scores.fill(0);
    },
  };
  self.reset();
  return self;
}`,
  },
};
