import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { checkClips } from '../../src/audio/clips/clip-check.js';
import type { Clip, ClipFile } from '../../src/audio/clips/clips.js';
import { readClips } from '../../src/audio/clips/read-clips.js';
import { agreeOnSpeech, SpeechAgreement } from '../../src/audio/clips/speech-agreement.js';
import { findSpeech } from '../../src/audio/clips/speech-edges.js';
import { encodeWav } from '../../src/audio/signal/wav.js';
import { Random } from '../../src/base/math/random.js';
import { shippedClips } from '../support/clip-files.js';
import { describeShared } from '../support/shared-data.js';

const RATE = 16_000;
const files = shippedClips().filter(({ path }) => path.startsWith('activates/'));
const { activates } = readClips(files, RATE);

/** Loud noise as of a breath or a thing that falls, before the clip's own sound or after it. */
function disturbed(clip: Clip, where: 'before' | 'after', seconds = 0.3): Clip {
  const random = new Random(clip.samples.length);
  const noise = Float32Array.from({ length: seconds * RATE }, (_, i) => {
    const fall = Math.exp(-i / (0.1 * RATE));
    return Math.max(-1, Math.min(1, 0.6 * fall * random.normal()));
  });
  // As quiet as the clip's own beginning.
  const floor = Math.sqrt(clip.samples.subarray(0, 320).reduce((sum, x) => sum + x * x, 0) / 320);
  const pause = Float32Array.from({ length: 0.5 * RATE }, () => floor * random.normal());
  const parts =
    where === 'before' ? [pause, noise, pause, clip.samples] : [clip.samples, pause, noise, pause];
  return withSpeech(clip, joined(parts));
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const samples = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  return samples;
}

function withSpeech(clip: Clip, samples: Float32Array): Clip {
  return { ...clip, samples, speech: findSpeech(samples, RATE) };
}

describe('agreeOnSpeech', () => {
  const plain = activates.slice(0, -6);
  const last = activates.slice(-6);

  it.each(['before', 'after'] as const)('finds the word again where a louder noise comes %s it', (where) => {
    const clips = last.map((clip) => disturbed(clip, where));
    const shift = where === 'before' ? 1.3 : 0;
    const agreed = agreeOnSpeech([...plain, ...clips], RATE).slice(-6);
    agreed.forEach(({ speech, samples }, n) => {
      expect(samples).toBe(clips[n].samples);
      // Where the word lies in the clip without the noise.
      expect(Math.abs(speech.end / RATE - shift - last[n].speech.end / RATE)).toBeLessThan(0.03);
      expect(Math.abs(clips[n].speech.end - speech.end) / RATE).toBeGreaterThan(0.4);
    });
  });

  it('leaves clips of one sound as they are, the same objects', () => {
    const agreed = agreeOnSpeech(activates, RATE);
    agreed.forEach((clip, n) => expect(clip).toBe(activates[n]));
  });

  it('changes nothing where fewer than twenty clips tell what the word is like', () => {
    const clips = [...plain.slice(0, 19), ...last.map((clip) => disturbed(clip, 'before'))];
    agreeOnSpeech(clips, RATE).forEach((clip, n) => expect(clip).toBe(clips[n]));
  });

  it('compares a clip with those of its own word alone', () => {
    const other = last.map((clip) => ({ ...disturbed(clip, 'before'), word: 'other' }));
    const clips = [...plain, ...other];
    agreeOnSpeech(clips, RATE).forEach((clip, n) => expect(clip).toBe(clips[n]));
  });

  it('keeps no samples of what it has heard', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const agreement = new SpeechAgreement(RATE);
    const heard = [...plain.slice(0, 10), disturbed(last[0], 'before')].map(({ samples, ...rest }) => {
      const copy = samples.slice();
      agreement.hear({ ...rest, samples: copy });
      return new WeakRef(copy);
    });
    // What a WeakRef was made of lives until the turn is over.
    await new Promise((resolve) => setTimeout(resolve));
    collect();
    expect(heard.filter((samples) => samples.deref() !== undefined)).toEqual([]);
    expect(agreement.found()).toHaveLength(11);
  });

  it('is what readClips does, and checkClips warns of it', () => {
    const path = 'activates/knock.wav';
    const { samples } = disturbed(activates[0], 'before');
    const knocked: ClipFile[] = [...files, { path, bytes: encodeWav({ samples, sampleRate: RATE }) }];
    const read = readClips(knocked, RATE).activates.find(({ name }) => name === path)!;
    expect(read.speech.start / RATE).toBeGreaterThan(1.2);
    const { problems } = checkClips(knocked);
    expect(problems.filter(({ kind }) => kind === 'several-sounds')).toEqual([
      {
        path,
        kind: 'several-sounds',
        severity: 'warning',
        detail: expect.stringMatching(
          /^its loudest sound, at 0\.5 s, is unlike the word in the other clips; the one at 1\.\d s is taken for it$/,
        ) as string,
        advice: 'Listen to it, and cut it to the word.',
      },
    ]);
  });
});

describeShared('recordings by people', ['wake-word'], (folder) => {
  const recorded = (word: string) => {
    const at = join(folder, word);
    return readdirSync(at)
      .filter((name) => name.endsWith('.wav'))
      .map((name): ClipFile => ({ path: `activates/${name}`, bytes: readFileSync(join(at, name)) }));
  };

  // Ends of the word as seen in the spectrograms to a tenth of a second.
  const SEEN = {
    '110936c4': 2.75,
    '22dc1f54': 2.65,
    '29a91129': 2.6,
    '66a7771e': 2.8,
    '741e9422': 1.25,
    ade025ac: 2.2,
  };

  it('finds "athena" in six clips where another sound is stronger, and changes no other of 482', () => {
    const moved = readClips(recorded('athena'), RATE).activates.filter(
      ({ samples, speech }) => findSpeech(samples, RATE).end !== speech.end,
    );
    const ends = moved.map(({ name, speech }) => [/en-(\w{8})/.exec(name)![1], speech.end / RATE] as const);
    expect(ends.map(([name]) => name)).toEqual(Object.keys(SEEN).sort());
    for (const [name, end] of ends) {
      expect(Math.abs(end - SEEN[name as keyof typeof SEEN]), name).toBeLessThan(0.1);
    }
  });

  it.each([
    ['computer', 300],
    ['snowboy', 150],
    ['smart-mirror', 120],
  ])('changes none of the clean clips of "%s"', (word, count) => {
    const { activates: clips } = readClips(recorded(word), RATE);
    expect(clips).toHaveLength(count);
    for (const { name, samples, speech } of clips) expect(speech, name).toEqual(findSpeech(samples, RATE));
  });
});
