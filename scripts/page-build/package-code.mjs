import { rolldown } from 'rolldown';
import { bundledPackages } from '../bundled-packages.mjs';
import { noGlobals } from './no-globals.mjs';

const ENTRY = '\0package-entry';

/** Of meyda pages take the power spectrum alone, with its window and its transform, as its `extract` puts them together. */
const MEYDA = `
import { fft } from 'fftjs';
import { hanning } from 'meyda/dist/esm/windowing.js';
import powerSpectrum from 'meyda/dist/esm/extractors/powerSpectrum.js';
const windows = {};
export default {
  extract(_feature, signal) {
    const window = (windows[signal.length] ??= hanning(signal.length));
    const { real, imag } = fft(Array.from(signal, (sample, i) => sample * window[i]));
    const ampSpectrum = new Float32Array(this.bufferSize / 2);
    for (let i = 0; i < ampSpectrum.length; i++) ampSpectrum[i] = Math.sqrt(real[i] ** 2 + imag[i] ** 2);
    return powerSpectrum({ ampSpectrum });
  },
};
`;

const made = new Map();

/**
 * A package in one module, since what of its modules has side effects is its own matter.
 * @param {string} name of `bundledPackages`
 * @returns its code, and the modules that it was made of
 */
export function packageCode(name) {
  if (!made.has(name)) made.set(name, makePackage(name));
  return made.get(name);
}

async function makePackage(name) {
  const bundle = await rolldown({
    input: ENTRY,
    platform: 'browser',
    plugins: [
      {
        name: 'package-entry',
        resolveId: (id) => (id === ENTRY ? id : null),
        load: (id) => (id !== ENTRY ? null : name === 'meyda' ? MEYDA : bundledPackages[name]),
      },
      noGlobals,
    ],
  });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  await bundle.close();
  if (output.length !== 1) throw new Error(`${name} came out in ${output.length} files, not in one`);
  return { code: output[0].code, moduleIds: output[0].moduleIds };
}
