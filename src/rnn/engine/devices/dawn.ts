import { SeqkitError } from '../../../base/errors.js';

/** The line that gets WebGPU for Node: this version loads on systems where older ones do not. */
export const DAWN_INSTALL = 'npm install webgpu@0.6.2';

interface Dawn {
  create(options: string[]): GPU;
}

/**
 * WebGPU for Node out of the npm package `webgpu`, which is Dawn, Chromium's implementation.
 * @param load what imports the package
 * @throws SeqkitError `engine` where the package is missing or does not load, with the line that mends it
 */
export async function openDawn(load: () => Promise<Dawn> = importDawn): Promise<GPU> {
  let dawn: Dawn;
  try {
    dawn = await load();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ERR_MODULE_NOT_FOUND') {
      throw new SeqkitError('WebGPU in Node needs the package webgpu, which is not installed.', {
        code: 'engine',
        hint: `${DAWN_INSTALL} brings it (140 MB), beside seqkit.`,
        cause,
      });
    }
    throw new SeqkitError(`The package webgpu is installed, but does not load here: ${message}`, {
      code: 'engine',
      // Older ones, such as 0.2.9, want a newer C++ library than Debian 12 has.
      hint: `${DAWN_INSTALL} brings the version that loads on Debian 12, Ubuntu 22.04 and newer. Or take engine: 'wasm'.`,
      cause,
    });
  }
  return dawn.create([]);
}

async function importDawn(): Promise<Dawn> {
  // The name stands in a variable so that bundlers for browsers leave the import alone.
  const name = 'webgpu';
  return (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as Dawn;
}
