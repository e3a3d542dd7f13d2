import { existsSync } from 'node:fs';
import { SeqkitError } from '../../src/base/errors.js';
import { findWebGpu } from '../../src/rnn/engine/devices/devices.js';

/** Set where what Chromium brings must be there, as in `.ci/run`: its absence then fails the tests. */
export const chromiumIsRequired = process.env['SEQKIT_REQUIRE_CHROMIUM'] === '1';

/** Debian's chromium brings SwiftShader, a Vulkan driver in software, on which WebGPU runs without a GPU. */
const driver = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** Why WebGPU cannot run in Node here; undefined where it can. */
export const webGpuMissing = await lookForWebGpu();

async function lookForWebGpu(): Promise<string | undefined> {
  // Dawn reads it once, when it starts.
  if (existsSync(driver)) process.env['VK_ICD_FILENAMES'] ??= driver;
  try {
    await findWebGpu();
    return undefined;
  } catch (error) {
    if (chromiumIsRequired || !(error instanceof SeqkitError)) throw error;
    return `${error.message} ${error.hint}`;
  }
}
