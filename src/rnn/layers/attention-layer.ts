import { SeqkitError } from '../../base/errors.js';
import type { Random } from '../../base/math/random.js';
import { flag, optional, type OptionTable } from '../../base/schema/index.js';
import type { Matrix } from '../program/program.js';
import type { Connected, Signal, Trace, Traced } from '../weights/trace.js';
import { denseMatrix, Layer, timeOf, type LayerOptions } from './layer.js';
import { dropRate, layerName } from './layer-options.js';
import { commonMask } from './merge.js';

/** What every attention layer takes. */
export interface AttentionLayerOptions {
  /** Query i attends to keys up to i alone, as a decoder must to itself. @default false */
  causal?: boolean;
  /** The share of attention weights dropped in training. @default 0 */
  dropout?: number;
  /** Give the attention weights too, as a second output: see `applyAll`. @default false */
  returnAttentionScores?: boolean;
  name?: string;
}

/** The schemas of `AttentionLayerOptions`. */
export const attentionTable: OptionTable<AttentionLayerOptions> = {
  causal: optional(flag),
  dropout: optional(dropRate),
  returnAttentionScores: optional(flag),
  name: layerName,
};

/** The inputs of an attention layer. */
export interface Attended {
  /** (N, Tq, ...). */
  readonly query: Sequences;
  /** (N, Tk, ...). */
  readonly value: Sequences;
  /** (N, Tk, ...). */
  readonly key: Sequences;
  /** (Tk * N, 1): the steps that count in both value and key. */
  readonly keyMask: Matrix | undefined;
}

/** A signal with a time axis, laid out as numbers. */
export interface Sequences extends Signal {
  readonly time: number;
}

/** Gradients of what an attention layer was given, undefined where none is wanted. */
export interface AttendedGradients {
  readonly query: Matrix | undefined;
  readonly value: Matrix | undefined;
  readonly key: Matrix | undefined;
}

/** Which of the gradients are of use. */
export type AttendedWants = { readonly [Name in keyof AttendedGradients]: boolean };

/** What an attention layer makes of its inputs. */
export interface AttendedOutputs {
  /** (Tq * N, ...), time-major. */
  readonly context: Matrix;
  /** The attention weights as a second output gives them. */
  readonly scores: () => Signal;
  readonly backward: (
    dContext: Matrix | undefined,
    dScores: Matrix | undefined,
    wants: AttendedWants,
  ) => AttendedGradients;
}

/**
 * Attention of a query (N, Tq, ...) to keys and their values (N, Tk, ...): `layer.apply([query, value, key])` in a
 * `Model`; without a key the value is the key too. What is masked in value or key gets no weight, a query with nothing to
 * attend to gets a context of zeros, and where the query is masked the output is 0 and trains nothing. The
 * output keeps the query's mask.
 */
export abstract class AttentionLayer<
  Options extends AttentionLayerOptions = AttentionLayerOptions,
> extends Layer {
  protected readonly given: Options;

  constructor(options: Options) {
    super();
    this.given = options;
    this.name = options.name ?? '';
  }

  options(): LayerOptions {
    return { ...(this.given as LayerOptions) };
  }

  override get outputs(): number {
    return this.given.returnAttentionScores ? 2 : 1;
  }

  override get needsWholeSequence(): boolean {
    return true;
  }

  trace(trace: Trace, x: Signal): Traced {
    const { outputs, backward } = this.connect(trace, [x]);
    return { y: outputs[0], backward: (dy, wantsDx) => backward([dy], [wantsDx])[0] };
  }

  override connect(trace: Trace, inputs: readonly Signal[]): Connected {
    const attended = this.#attended(trace, inputs);
    const { query } = attended;
    const { context, scores, backward } = this.attend(trace, attended);
    const keep = (x: Matrix): Matrix => {
      const how = { divide: false, accumulate: false };
      if (query.mask) trace.builder.run('scaleRows', { x, scale: query.mask }, { y: x }, how);
      return x;
    };
    const y = { matrix: keep(context), time: query.time, features: context.cols, mask: query.mask };
    return {
      outputs: this.given.returnAttentionScores ? [y, scores()] : [y],
      backward: ([dy, dScores], [wantsQuery, wantsValue, wantsKey]) => {
        const apart = inputs.length > 2;
        const wants = { query: wantsQuery, value: wantsValue, key: apart ? wantsKey : wantsValue };
        const d = backward(dy && keep(dy), dScores, wants);
        if (apart) return [d.query, d.value, d.key];
        if (d.value && d.key) trace.builder.run('add', { a: d.value, b: d.key }, { y: d.value }, {});
        return [d.query, d.value ?? d.key];
      },
    };
  }

  /** @internal The attention itself; masks of rows that the query does not have are the caller's. */
  protected abstract attend(trace: Trace, attended: Attended): AttendedOutputs;

  protected create(_features: number, random: Random, inputs: readonly number[]): number {
    this.#checkCount(inputs.length);
    return this.createFrom(inputs, random);
  }

  /** Makes the weights from the features of query, value and, where it is another, key; returns how many come out. */
  protected abstract createFrom(inputs: readonly number[], random: Random): number;

  #checkCount(inputs: number): void {
    if (inputs === 2 || inputs === 3) return;
    throw new SeqkitError(
      `The layer "${this.name}" (${this.kind}) takes query, value and, where it differs, key; ${inputs} came.`,
      {
        code: 'usage',
        hint: `Use it in a Model: new ${this.kind}(...).apply([query, value]), or apply([x, x]) for attention to itself.`,
      },
    );
  }

  #attended(trace: Trace, inputs: readonly Signal[]): Attended {
    this.#checkCount(inputs.length);
    const [query, value, key = value] = inputs.map((x): Sequences => {
      denseMatrix(this, x);
      return { ...x, time: timeOf(this, x) };
    });
    if (value.time !== key.time) {
      throw new SeqkitError(
        `"${this.name}" (${this.kind}) needs a key for each value; ${key.time} keys and ${value.time} values came.`,
        { code: 'bad-shape' },
      );
    }
    const keyMask = commonMask(trace, key === value ? [value] : [value, key]);
    return { query, value, key, keyMask };
  }
}

/** @throws SeqkitError `bad-shape` where query and key differ in their features */
export function checkAlike({ kind, name }: Layer, { query, key }: Attended): void {
  if (query.features === key.features) return;
  throw new SeqkitError(
    `"${name}" (${kind}) compares queries with keys of as many features; ${query.features} and ${key.features} came.`,
    { code: 'bad-shape', hint: 'Put a Dense before one of them, or take MultiHeadAttention.' },
  );
}
