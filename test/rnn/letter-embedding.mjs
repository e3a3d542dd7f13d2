import { Layer, Weight } from 'seqkit/rnn';

/** A vector for each letter, small and large: (N, T) to (N, T, D). */
export class LetterEmbedding extends Layer {
  kind = 'LetterEmbedding';
  weights = [];

  /** @param options { letters, outputDim }: tokens 0 to letters - 1 are small, as many more are large */
  constructor(options) {
    super();
    this.given = options;
    this.name = options.name ?? '';
  }

  /** That there is a number says that the layer takes tokens, and how many different ones. */
  get tokens() {
    return 2 * this.given.letters;
  }

  options() {
    return this.given;
  }

  create(features, random) {
    const shape = [this.tokens, this.given.outputDim];
    const start = Float64Array.from({ length: shape[0] * shape[1] }, () => random.uniform(-0.05, 0.05));
    this.weights = [new Weight(`${this.name}/table`, shape, start)];
    return this.given.outputDim;
  }

  trace(trace, x) {
    const [table] = this.weights;
    const y = trace.temporary(x.matrix.rows, table.cols);
    trace.builder.run('gather', { table: trace.weight(table), index: x.matrix }, { y }, {});
    return {
      y: { matrix: y, time: x.time, features: table.cols, mask: x.mask },
      backward(dy) {
        const { order, offsets } = trace.tokenOrder(x.matrix, table.rows);
        const { matrix: dTable, accumulate } = trace.gradient(table);
        trace.builder.run('gatherBackward', { dy, order, offsets }, { dTable }, { accumulate });
      },
    };
  }
}
