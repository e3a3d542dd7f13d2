/** What runs from one layer to the next, as a value of the ONNX graph. */
export interface Flow {
  /** Of the value. */
  readonly name: string;
  /** (N, D), (N, T, D) or (N, T, S, D); of tokens (N, T). A name stands for a size that varies. */
  readonly dims: readonly (number | string)[];
  /** D; V of tokens. */
  readonly features: number;
  /** Whole numbers that stand for themselves, or, with `oneHot`, for their one-hot rows. */
  readonly tokens?: boolean;
  readonly oneHot?: boolean;
  /** (N, T, 1): 1 for time steps that count, else 0. */
  readonly mask?: string | undefined;
  /** (N, D), or (N, T, D): 1 for features that count, else 0. */
  readonly featureMask?: string | undefined;
}

/** Whether a flow has a time axis. */
export function isSequence({ dims, tokens }: Flow): boolean {
  return tokens === true || dims.length > 2;
}
