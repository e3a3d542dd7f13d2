// Runs on the audio thread: hears the word in the sound that passes, and tells the page.
import { TriggerModel } from 'seqkit/audio';

class TriggerProcessor extends AudioWorkletProcessor {
  #stream;

  /**
   * @param processorOptions.model the bytes of the model; `threshold` in place of the model's, if given; `embedding`
   *   the bytes of the speech embedding, for a model that hears through one
   */
  constructor({ processorOptions: { model, threshold, embedding } }) {
    super();
    this.#open(model, { threshold, embedding }).catch(({ message }) =>
      this.port.postMessage({ type: 'error', message }),
    );
  }

  async #open(bytes, { threshold, embedding }) {
    const model = await TriggerModel.load(bytes, embedding === undefined ? {} : { embedding });
    // `sampleRate` is the worklet's own: another than the model's is resampled.
    const stream = model.stream({ sampleRate, ...(threshold === undefined ? {} : { threshold }) });
    stream.on('trigger', (event) => this.port.postMessage({ type: 'trigger', ...event }));
    stream.on('score', ({ score }) => this.port.postMessage({ type: 'score', score }));
    this.#stream = stream;
    this.port.postMessage({ type: 'ready', words: model.words });
  }

  /** Called with 128 samples at a time; it gives silence. */
  process([[samples]]) {
    if (samples !== undefined) this.#stream?.push(samples);
    return true;
  }
}

registerProcessor('seqkit-trigger', TriggerProcessor);
