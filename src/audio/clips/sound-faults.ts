import { offsetOf, withoutOffset } from '../signal/offset.js';
import { soundRuns } from '../signal/digital-silence.js';
import { findHum } from '../signal/hum.js';
import type { Waveform } from '../signal/wav.js';
import type { ClipProblem } from './clip-problem.js';
import type { ClipKind } from './clips.js';
import { SHORTEST_CLIP_SECONDS } from './read-clips.js';
import { speechCuts } from './cut-speech.js';
import { findSpeech, hasSpeech } from './speech-edges.js';

/** One thing that a clip's own sound gives away. */
export type SoundFault = Omit<ClipProblem, 'path'>;

/** Under this nothing is in a clip: -60 dB of full scale. */
const SILENT_PEAK = 1e-3;
/** Speech under this is lost in the noise of most microphones: -30 dB of full scale. */
const FAINT_PEAK = 0.0316;
/** A flat top of so many equal samples at the peak is one that was cut off. */
const CLIPPED_RUN = 3;
const CLIPPED_PEAK = 0.95;
/** Cut-off tops in so many samples are heard. */
const CLIPPED_SHARE = 1e-3;
/** An offset so large takes the room from one side of the wave. */
const LARGE_OFFSET = 0.1;
/** Hum so far below the speech and no further hides the faint ends of words. */
const MAX_BELOW_SPEECH_DB = 20;
const SHORTEST_SPEECH_SECONDS = 0.15;
const MAX_WORD_SECONDS = 2.5;
/** An example of 6 s holds no more of it, said slowly and with what is kept around it. */
const MAX_MIXED_SECONDS = 4.5;
const MAX_ACTIVATE_SECONDS = 10;
const SHORTEST_BACKGROUND_SECONDS = 2;
const COMMON_RATES = new Set([
  16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000,
]);

/** What one clip's own sound gives away. */
export function soundFaults(recorded: Waveform, kind: ClipKind): SoundFault[] {
  const faults: SoundFault[] = [];
  const add = (
    ...[fault, severity, detail, advice]: [SoundFault['kind'], SoundFault['severity'], string, string]
  ) => faults.push({ kind: fault, severity, detail, advice });
  const { sampleRate } = recorded;
  const offset = offsetOf(recorded.samples, sampleRate);
  const samples = withoutOffset(recorded.samples, sampleRate);
  const seconds = samples.length / sampleRate;
  const inDb = (amplitude: number) => `${(20 * Math.log10(amplitude)).toFixed(0)} dB of full scale`;
  const spoken = kind !== 'backgrounds';
  if (!COMMON_RATES.has(sampleRate)) {
    const advice =
      sampleRate < 16_000
        ? 'Half of what tells consonants apart is missing: record at 16 kHz or more.'
        : 'It is resampled; check that it does not play too fast or too slow.';
    add('odd-rate', 'warning', `its sample rate is ${sampleRate} Hz`, advice);
  }
  if (seconds < SHORTEST_CLIP_SECONDS) {
    add('too-short', 'error', `it lasts ${(1000 * seconds).toFixed(0)} ms`, 'Record it again.');
    return faults;
  }
  // Of digital silence, whatever its value, there is nothing in it.
  const runs = soundRuns(recorded.samples, sampleRate);
  const peaks = runs.map((run) =>
    peakOf(recorded.samples.subarray(run.start, run.end).map((x) => x - offset)),
  );
  const peak = Math.max(0, ...peaks);
  if (peak < SILENT_PEAK) {
    const [first] = recorded.samples;
    const isConstant = recorded.samples.every((x) => x === first);
    const constant = first === 0 ? 'zeros' : `the number ${first.toFixed(3)}`;
    const detail = isConstant ? `there is nothing but ${constant} in it` : `its peak is at ${inDb(peak)}`;
    add('silent', spoken ? 'error' : 'warning', detail, 'Check the microphone and record it again.');
    return faults;
  }
  const flat = clippedShare(recorded.samples);
  if (flat > CLIPPED_SHARE) {
    const isOff = Math.abs(offset) >= LARGE_OFFSET;
    const cause = isOff ? `, on one side of a constant offset of ${offset.toFixed(2)}` : '';
    add(
      'clipped',
      'warning',
      `${(100 * flat).toFixed(1)}% of it is cut off at full scale${cause}`,
      isOff
        ? 'Record it again through another input: the offset leaves no room for the sound.'
        : 'Record it again with less gain.',
    );
  }
  if (!spoken) {
    if (seconds < SHORTEST_BACKGROUND_SECONDS) {
      add(
        'wrong-folder',
        'warning',
        `a background of ${seconds.toFixed(1)} s is as short as a word`,
        'Give longer stretches of noise; words belong in negatives/.',
      );
    }
    return faults;
  }
  const { start, end } = findSpeech(recorded.samples, sampleRate);
  const isHeard = hasSpeech(recorded.samples, sampleRate);
  // A click beside the speech may be louder.
  const speechPeak = peakOf(samples.subarray(start, end));
  if (speechPeak < FAINT_PEAK) {
    add(
      'faint',
      'warning',
      `${isHeard ? 'the peak of its speech' : 'its peak'} is at ${inDb(speechPeak)}`,
      'Speak up or raise the gain, and record it again.',
    );
  }
  const hum = findHum(recorded, { start, end });
  const isLoudHum = hum !== undefined && hum.belowSpeechDb < MAX_BELOW_SPEECH_DB;
  if (isLoudHum) {
    add(
      'hum',
      'warning',
      `a hum of ${hum.hz} Hz lies under it, ${Math.max(0, hum.belowSpeechDb).toFixed(0)} dB below its speech`,
      'Its faint ends may be missed: move the microphone and its cable away from mains and chargers.',
    );
  }
  const cuts = isHeard ? speechCuts(recorded, { start, end }) : [];
  const within = cuts.filter(({ where }) => where === 'within');
  const between = cuts.find(({ where }) => where === 'between');
  const edges = cuts.filter(({ where }) => where === 'start' || where === 'end');
  if (within.length > 0) {
    const lost = within.reduce((sum, cut) => sum + cut.seconds, 0);
    add(
      'dropouts',
      'warning',
      `${(1000 * lost).toFixed(0)} ms of digital silence cut into its speech, first at ${within[0].fromSeconds.toFixed(2)} s`,
      'Record it again without a noise gate, and over no line that loses packets.',
    );
  }
  if (between !== undefined) {
    add(
      'dropouts',
      'warning',
      `${(1000 * between.seconds).toFixed(0)} ms of digital silence at ${between.fromSeconds.toFixed(2)} s part its speech from another sound`,
      'Listen to it: where both are the word, half of it is lost. Record it again without a noise gate, and over no line that loses packets.',
    );
  }
  if (edges.length > 0) {
    const where = edges.map((cut) => (cut.where === 'start' ? 'right before' : 'right after')).join(' and ');
    add(
      'gated',
      'warning',
      `digital silence stands ${where} its speech`,
      'A faint start or end of the word may be missing: record it again without a noise gate, and cut clips less close.',
    );
  }
  if (!isHeard) {
    const advice = isLoudHum
      ? 'Listen to it: the word may be missing, or lost in the hum.'
      : 'Listen to it: the word may be missing, or lost in noise.';
    add('no-speech', 'warning', 'nothing in it rises above its noise', advice);
  }
  const speech = (end - start) / sampleRate;
  if (speech < SHORTEST_SPEECH_SECONDS) {
    add(
      'too-short',
      'warning',
      `its speech lasts ${(1000 * speech).toFixed(0)} ms`,
      'Listen to it: it may hold a click instead of the word.',
    );
  }
  if (kind !== 'activates') return faults;
  if (speech > MAX_MIXED_SECONDS) {
    add(
      'too-long',
      'error',
      `its speech lasts ${speech.toFixed(1)} s, and no example of training holds more than ${MAX_MIXED_SECONDS}`,
      'Cut it to the word, said once; a stretch of noise belongs in backgrounds/.',
    );
  } else if (seconds > MAX_ACTIVATE_SECONDS) {
    add(
      'wrong-folder',
      'warning',
      `${seconds.toFixed(1)} s are long for one word`,
      'Cut it to the word; a stretch of noise belongs in backgrounds/.',
    );
  } else if (isHeard && speech > MAX_WORD_SECONDS) {
    add('too-long', 'warning', `its speech lasts ${speech.toFixed(1)} s`, 'Cut it to the word, said once.');
  }
  return faults;
}

function peakOf(samples: Float32Array): number {
  return samples.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
}

/** Share of the samples that lie in flat tops at the peak. */
function clippedShare(samples: Float32Array): number {
  const peak = peakOf(samples);
  if (peak < CLIPPED_PEAK) return 0;
  let clipped = 0;
  for (let i = 0; i < samples.length;) {
    let run = 1;
    while (i + run < samples.length && samples[i + run] === samples[i]) run++;
    if (run >= CLIPPED_RUN && Math.abs(samples[i]) > 0.99 * peak) clipped += run;
    i += run;
  }
  return clipped / samples.length;
}
