import type { Stepper } from '../rnn/stepper.js';
import { Detector } from './detector.js';
import { FeatureExtractor } from './features.js';
import type { SpectrumSource } from './spectrogram.js';
import { stepsPerSecond, stepTiming, type TriggerPreset } from './trigger-settings.js';

/** The word was heard. */
export interface TriggerEvent {
  word: string;
  /** Seconds from the start of the sound to the moment the detector fired. */
  timeSeconds: number;
  /** Smoothed score, 0 to 1. */
  score: number;
}

/** What a stream needs of a model. */
export interface StreamParts {
  word: string;
  preset: Pick<TriggerPreset, 'features' | 'network' | 'firing'>;
  /** Steps the network that `steppingNetwork` made. */
  stepper: Stepper;
  spectrum: SpectrumSource;
}

/** Listens to sound as it comes, in pieces of any length; the state is carried from piece to piece. */
export class TriggerStream {
  readonly #parts: StreamParts;
  readonly #extractor: FeatureExtractor;
  readonly #detector: Detector;
  readonly #firstStepSeconds: number;
  /** The frames that the next step sees, (kernelFrames, bands), the oldest first. */
  readonly #window: Float32Array;
  /** Samples of the frames to come. */
  #pending: Float32Array = new Float32Array(0);
  #frames = 0;
  #steps = 0;

  /** Called with every score, 0 to 1, before smoothing, and the time up to which it has heard. */
  onScore: ((score: number, timeSeconds: number) => void) | undefined;

  constructor(parts: StreamParts) {
    const { features, network, firing } = parts.preset;
    this.#parts = parts;
    this.#extractor = new FeatureExtractor(features, parts.spectrum);
    this.#detector = new Detector({
      threshold: firing.threshold,
      smoothSteps: firing.smoothSteps,
      refractorySteps: Math.round(firing.refractorySeconds * stepsPerSecond(parts.preset)),
    });
    this.#firstStepSeconds = stepTiming(parts.preset, network.kernelFrames).firstStepMs / 1000;
    this.#window = new Float32Array(network.kernelFrames * features.bands);
  }

  /**
   * @param samples shape (any), at the sample rate of the model's features
   * @returns what was heard within them
   */
  push(samples: Float32Array): TriggerEvent[] {
    const { frameSamples, hopSamples } = this.#parts.preset.features;
    const sound = joined(this.#pending, samples);
    const events: TriggerEvent[] = [];
    let at = 0;
    for (; at + frameSamples <= sound.length; at += hopSamples) {
      const event = this.#frame(sound.subarray(at, at + frameSamples));
      if (event !== undefined) events.push(event);
    }
    this.#pending = sound.slice(at);
    return events;
  }

  /** Frees the memory of the network. */
  dispose(): void {
    this.#parts.stepper.dispose();
  }

  /** Takes one frame in; every strideFrames-th completes a step. */
  #frame(samples: Float32Array): TriggerEvent | undefined {
    const { word, preset, stepper } = this.#parts;
    const { bands } = preset.features;
    const { kernelFrames, strideFrames } = preset.network;
    this.#window.copyWithin(0, bands);
    this.#extractor.frame(samples, this.#window, this.#window.length - bands);
    this.#frames++;
    if (this.#frames < kernelFrames || (this.#frames - kernelFrames) % strideFrames !== 0) return undefined;
    const score = 1 / (1 + Math.exp(-stepper.step(this.#window)[0]));
    const timeSeconds = this.#firstStepSeconds + this.#steps / stepsPerSecond(preset);
    this.#steps++;
    this.onScore?.(score, timeSeconds);
    const fired = this.#detector.push(score);
    return fired === undefined ? undefined : { word, timeSeconds, score: fired };
  }
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  if (a.length === 0) return b;
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
