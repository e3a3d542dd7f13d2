import { readFileSync } from 'node:fs';
import { decodeWav, resample, TriggerModel } from '../dist/audio/index.js';
import { FeatureExtractor } from '../dist/audio/advanced.js';

export const options = {
  model: '',
  recording: 'data/demo/recording.wav',
  seconds: 120,
  chunk: 1600,
  rate: 16000,
};

/** The share of one core that listening takes, for each source of power spectra, and how fast features are made. */
export async function measure({ model: path, recording, seconds, chunk, rate }) {
  if (path === '') throw new Error('Give --model, what train-trigger wrote.');
  const model = await TriggerModel.load(path);
  const { samples } = resample(decodeWav(readFileSync(recording), recording), rate);
  const share = {};
  for (const spectrum of ['meyda', 'fast']) {
    const stream = model.stream({ sampleRate: rate, spectrum });
    const listen = (length) => {
      for (let at = 0; at < length; at += chunk) {
        const from = at % (samples.length - chunk);
        stream.push(samples.subarray(from, from + chunk));
      }
    };
    listen(5 * rate);
    const before = process.cpuUsage();
    listen(seconds * rate);
    const { user, system } = process.cpuUsage(before);
    share[spectrum] = (user + system) / 1e6 / seconds;
    stream.dispose();
  }
  const features = {};
  const sound = resample(
    decodeWav(readFileSync(recording), recording),
    model.settings.features.sampleRate,
  ).samples;
  for (const spectrum of ['meyda', 'fast']) {
    const extractor = new FeatureExtractor(model.settings.features, spectrum);
    extractor.extract(sound);
    const before = process.cpuUsage();
    const rounds = spectrum === 'fast' ? 10 : 2;
    for (let i = 0; i < rounds; i++) extractor.extract(sound);
    const { user, system } = process.cpuUsage(before);
    features[spectrum] =
      (rounds * sound.length) / model.settings.features.sampleRate / ((user + system) / 1e6);
  }
  return { seconds, chunk, rate, shareOfOneCore: share, featuresTimesRealTime: features };
}

export function table({ rate, shareOfOneCore, featuresTimesRealTime }) {
  return ['meyda', 'fast'].map(
    (name) =>
      `${name.padEnd(6)} listening at ${rate} Hz takes ${(100 * shareOfOneCore[name]).toFixed(2)}% of a core; ` +
      `features are made ${Math.round(featuresTimesRealTime[name])} times as fast as they are heard`,
  );
}
