import type { Random } from '../../base/math/random.js';
import type { Clip } from '../clips/clips.js';
import { addNoise, gainFor, rmsOf } from '../signal/augmentation.js';

/** Semitones above a root: major, minor, suspended, with a seventh. */
const CHORDS = [[0, 4, 7], [0, 3, 7], [0, 5, 7], [0, 4, 7, 10], [0, 3, 7, 10]]; // prettier-ignore
const MAINS_HZ = [50, 60];
const LEVEL_DB = -20;

/**
 * Sound of rooms without people, made up: music of chords, a melody and drums; the hum of machines; noise that swells
 * and ebbs; things that fall. To lie under speech, so that neither music nor noise stands for a word or against it.
 *
 * @param sampleRate Hz
 */
export function madeBackgrounds(count: number, seconds: number, sampleRate: number, random: Random): Clip[] {
  const kinds = { music, hum, swell, clatter };
  const names = Object.keys(kinds) as (keyof typeof kinds)[];
  return Array.from({ length: count }, (_, n) => {
    const name = names[n % names.length];
    const samples = kinds[name](Math.round(seconds * sampleRate), sampleRate, random);
    const gain = gainFor(rmsOf(samples), LEVEL_DB);
    for (let i = 0; i < samples.length; i++) samples[i] = Math.max(-1, Math.min(1, gain * samples[i]));
    return {
      ...{ name: `backgrounds/made-${name}-${n}`, speaker: undefined, word: undefined, samples },
      speech: { start: 0, end: samples.length },
    };
  });
}

function music(length: number, sampleRate: number, random: Random): Float32Array {
  const out = new Float32Array(length);
  const beat = Math.round((60 / random.uniform(70, 150)) * sampleRate);
  const root = random.integer(12);
  const brightness = random.uniform(1, 2.5);
  const hasDrums = random.uniform() < 0.7;
  for (let at = 0, n = 0; at < length; at += beat, n++) {
    if (n % 4 === 0) {
      const shift = root + random.choice([0, 5, 7, 9, 2]);
      for (const step of random.choice(CHORDS))
        tone(out, at, 4 * beat, hz(48 + shift + step), brightness, 0.2, sampleRate);
    }
    if (random.uniform() < 0.7) {
      tone(
        out,
        at,
        beat,
        hz(60 + root + random.choice([0, 2, 4, 5, 7, 9, 11, 12])),
        brightness,
        0.35,
        sampleRate,
      );
    }
    if (hasDrums) hit(out, at, n % 2 === 0 ? 0.98 : 0.1, 0.05 * sampleRate, 0.5, random);
  }
  return out;
}

function hz(midi: number): number {
  return 440 * 2 ** ((midi - 69) / 12);
}

/** A note of eight partials that dies away. */
function tone(
  out: Float32Array,
  from: number,
  length: number,
  frequency: number,
  brightness: number,
  gain: number,
  sampleRate: number,
): void {
  const end = Math.min(out.length, from + length);
  for (let partial = 1; partial <= 8 && partial * frequency < sampleRate / 2; partial++) {
    const step = (2 * Math.PI * partial * frequency) / sampleRate;
    const decay = Math.exp(-(2 + partial) / length);
    // sin(n step) from the two before it, which is quicker than a sine each.
    const turn = 2 * Math.cos(step);
    let [before, sine] = [-Math.sin(step), 0];
    let level = gain * partial ** -brightness;
    for (let i = from; i < end; i++) {
      const attack = Math.min(1, (i - from) / (0.01 * sampleRate));
      out[i] += level * attack * sine;
      level *= decay;
      [before, sine] = [sine, turn * sine - before];
    }
  }
}

/** A burst of noise that dies away. @param pole of the low-pass that colours it */
function hit(
  out: Float32Array,
  from: number,
  pole: number,
  decay: number,
  gain: number,
  random: Random,
): void {
  let state = 0;
  const end = Math.min(out.length, from + Math.round(6 * decay));
  for (let i = from; i < end; i++) {
    state = pole * state + (1 - pole) * random.uniform(-1, 1);
    out[i] += gain * state * Math.exp(-(i - from) / decay);
  }
}

function hum(length: number, sampleRate: number, random: Random): Float32Array {
  const out = new Float32Array(length);
  const mains = random.choice(MAINS_HZ) * random.choice([1, 2]);
  for (let partial = 1; partial <= 20; partial++) {
    const gain = random.uniform() / partial;
    const step = (2 * Math.PI * mains * partial) / sampleRate;
    for (let i = 0; i < length; i++) out[i] += gain * Math.sin(step * i);
  }
  addNoise(out, 20 * Math.log10(Math.max(rmsOf(out), 1e-6)) - random.uniform(0, 20), random);
  return out;
}

/** Noise whose level goes up and down as slowly as breath or as quickly as syllables. */
function swell(length: number, sampleRate: number, random: Random): Float32Array {
  const out = new Float32Array(length);
  addNoise(out, LEVEL_DB, random);
  const step = (2 * Math.PI * random.uniform(0.1, 6)) / sampleRate;
  const depth = random.uniform(0.2, 0.95);
  for (let i = 0; i < length; i++) out[i] *= 1 - depth * (0.5 + 0.5 * Math.sin(step * i));
  return out;
}

function clatter(length: number, sampleRate: number, random: Random): Float32Array {
  const out = new Float32Array(length);
  addNoise(out, LEVEL_DB - 25, random);
  for (let at = 0; at < length; at += Math.round(random.uniform(0.05, 0.9) * sampleRate)) {
    const gain = random.uniform(0.1, 1);
    hit(out, at, random.uniform(0, 0.9), random.uniform(0.002, 0.05) * sampleRate, gain, random);
    if (random.uniform() < 0.5)
      tone(out, at, Math.round(0.3 * sampleRate), random.uniform(400, 5_000), 2, gain / 3, sampleRate);
  }
  return out;
}
