import { SeqkitError } from '../../base/errors.js';

/** The name of the processor. */
export const CAPTURE = 'seqkit-capture';

/**
 * What runs on the audio thread, as the browser build has it in `seqkit-worklet.js`: hands the mean of the channels on
 * in chunks, and ends when it is told anything.
 */
export const CAPTURE_SOURCE = `
class SeqkitCapture extends AudioWorkletProcessor {
  constructor({ processorOptions: { chunk } }) {
    super();
    this.samples = new Float32Array(chunk);
    this.filled = 0;
    this.over = false;
    this.port.onmessage = () => { this.over = true; };
  }
  process([channels]) {
    if (this.over || channels.length === 0) return !this.over;
    for (let i = 0; i < channels[0].length; i++) {
      let sum = 0;
      for (const channel of channels) sum += channel[i];
      this.samples[this.filled++] = sum / channels.length;
      if (this.filled < this.samples.length) continue;
      this.port.postMessage(this.samples, [this.samples.buffer]);
      this.samples = new Float32Array(this.filled);
      this.filled = 0;
    }
    return true;
  }
}
registerProcessor('${CAPTURE}', SeqkitCapture);
`;

/**
 * The ways to the script of the audio thread, tried in turn: the file beside the browser build, which bundlers take
 * along where they see it in this form; and its source, for those that do not, where the page's policy allows it.
 */
const ways: readonly (() => URL | string)[] = [
  () => new URL('./seqkit-worklet.js', import.meta.url),
  () => URL.createObjectURL(new Blob([CAPTURE_SOURCE], { type: 'text/javascript' })),
  // Pages that are opened as files: Chromium takes no blob there for the audio thread.
  () => `data:text/javascript,${encodeURIComponent(CAPTURE_SOURCE)}`,
];

/** @throws SeqkitError `engine` where the page's policy forbids the script */
export async function addCapture({ audioWorklet }: AudioContext): Promise<void> {
  let cause: unknown;
  for (const way of ways) {
    const address = String(way());
    try {
      return await audioWorklet.addModule(address);
    } catch (error) {
      cause = error;
    } finally {
      if (address.startsWith('blob:')) URL.revokeObjectURL(address);
    }
  }
  throw new SeqkitError('The script of the audio thread, seqkit-worklet.js, could not be loaded.', {
    code: 'engine',
    hint: 'Put seqkit/dist/browser/audio/browser/seqkit-worklet.js beside the script of the page, or let its policy allow blob: or data: scripts.',
    cause,
  });
}
