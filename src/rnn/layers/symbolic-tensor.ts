/** One use of a layer: what it takes. Two of the same layer share its weights. */
export interface Application<Maker> {
  readonly maker: Maker;
  readonly inputs: readonly SymbolicTensor<Maker>[];
}

/** Where a batch enters a model. */
export interface InputPort {
  readonly name: string;
  /** One example's: (T, D), (T, S, D), (D), or (T) of tokens; null where any size will do. */
  readonly shape: readonly (number | null)[];
}

/** What will stand at one place of a `Model` when numbers come: an input, or an output of a layer. */
export class SymbolicTensor<Maker> {
  /**
   * @param origin the input it is, or the use of a layer that makes it
   * @param output which of the layer's outputs
   */
  constructor(
    readonly origin: InputPort | Application<Maker>,
    readonly output = 0,
  ) {}
}
