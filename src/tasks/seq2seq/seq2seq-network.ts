import { graphBetween } from '../../rnn/graph/graph-between.js';
import type { LayerGraph } from '../../rnn/graph/layer-graph.js';
import type { ModelFile } from '../../rnn/graph/model-file.js';
import { Attention } from '../../rnn/layers/attention.js';
import { Bidirectional } from '../../rnn/layers/bidirectional.js';
import { Concatenate } from '../../rnn/layers/concatenate.js';
import { Dense } from '../../rnn/layers/dense.js';
import { Dropout } from '../../rnn/layers/dropout.js';
import { Embedding } from '../../rnn/layers/embedding.js';
import { GRU } from '../../rnn/layers/gru.js';
import { input } from '../../rnn/layers/input.js';
import type { Layer } from '../../rnn/layers/layer.js';
import { LSTM } from '../../rnn/layers/lstm.js';
import type { SymbolicTensor } from '../../rnn/layers/symbolic-tensor.js';
import { checkGraph } from '../fitting/graph-check.js';
import type { Seq2SeqArchitecture } from './seq2seq-options.js';

type Flow = SymbolicTensor<Layer>;

/** How many states each cell carries. */
const STATES = { gru: 1, lstm: 2 } as const;

/**
 * Encoder, attention and decoder (Bahdanau et al. 2015; Luong et al. 2015, "general", without input feeding). A
 * recurrent layer reads the source in both directions, the decoder starts from its last states, and each of the
 * decoder's states asks which of the encoder's to look at. What was written last goes to the decoder alone, so that in
 * training all steps of the answer run as one product.
 *
 * The layers by their names: a file's, or new ones.
 */
export class Seq2SeqNetwork {
  readonly #layer: (name: string) => Layer;
  readonly #states: number;

  /** @param layer the layer of a name */
  constructor(layer: (name: string) => Layer, { cell }: Pick<Seq2SeqArchitecture, 'cell'>) {
    this.#layer = layer;
    this.#states = STATES[cell];
  }

  /** New layers. @param sizes how many tokens each side has */
  static of(architecture: Seq2SeqArchitecture, sizes: { source: number; target: number }): Seq2SeqNetwork {
    const { cell, units, embeddingDim, dropout } = architecture;
    const Recurrent = cell === 'gru' ? GRU : LSTM;
    const returnSequences = true;
    const side = (name: string, inputDim: number) =>
      new Embedding({ inputDim, outputDim: embeddingDim, maskZero: true, name });
    const start = (_: unknown, i: number) => new Dense({ units, activation: 'tanh', name: `start ${i + 1}` });
    const layers = [
      side('source', sizes.source),
      new Dropout({ rate: dropout, name: 'source dropout' }),
      new Bidirectional({
        layer: new Recurrent({ units, returnSequences, returnState: true }),
        name: 'encoder',
      }),
      new Dense({ units, useBias: false, name: 'keys' }),
      new Concatenate({ name: 'last states' }),
      ...Array.from({ length: STATES[cell] }, start),
      side('target', sizes.target),
      new Recurrent({ units, returnSequences, name: 'decoder' }),
      new Attention({ returnAttentionScores: true, name: 'attention' }),
      new Concatenate({ name: 'seen' }),
      new Dense({ units, activation: 'tanh', name: 'thought' }),
      new Dropout({ rate: dropout, name: 'thought dropout' }),
      new Dense({ units: sizes.target, name: 'output' }),
    ];
    const named = new Map<string, Layer>(layers.map((layer) => [layer.name, layer]));
    return new Seq2SeqNetwork((name) => named.get(name)!, architecture);
  }

  /** Source (N, S) and what was written before (N, T) to logits of what comes next (N, T, V). */
  training(): LayerGraph {
    const [source, before] = [
      input({ shape: [null], name: 'source tokens' }),
      input({ shape: [null], name: 'written' }),
    ];
    const { memory, keys, starts } = this.#encoded(source);
    const states = this.#on('decoder', [this.#on('target', before), ...starts]);
    return graphBetween([source, before], [this.#answer(states, memory, keys)[0]]);
  }

  /** Source (N, S) to the memory (N, S, 2H), its keys (N, S, H), and the states that the decoder starts from (N, H). */
  encoder(): LayerGraph {
    const source = input({ shape: [null], name: 'source tokens' });
    const { memory, keys, starts } = this.#encoded(source);
    return graphBetween([source], [memory, keys, ...starts]);
  }

  /** A token (N, 1), the memory and its keys to logits (N, 1, V) and attention weights (N, 1, S); it carries its state. */
  decoder(units: number): LayerGraph {
    const [token, memory, keys] = [
      input({ shape: [null], name: 'token' }),
      input({ shape: [null, 2 * units], name: 'memory' }),
      input({ shape: [null, units], name: 'memory keys' }),
    ];
    const states = this.#on('decoder', this.#on('target', token));
    return graphBetween([token, memory, keys], this.#answer(states, memory, keys));
  }

  #encoded(source: Flow): { memory: Flow; keys: Flow; starts: Flow[] } {
    const read = this.#on('source dropout', this.#on('source', source));
    const [memory, ...last] = this.#layer('encoder').applyAll(read);
    const states = this.#on('last states', last);
    const starts = Array.from({ length: this.#states }, (_, i) => this.#on(`start ${i + 1}`, states));
    return { memory, keys: this.#on('keys', memory), starts };
  }

  #answer(states: Flow, memory: Flow, keys: Flow): [Flow, Flow] {
    const [context, weights] = this.#layer('attention').applyAll([states, memory, keys]);
    const thought = this.#on('thought dropout', this.#on('thought', this.#on('seen', [states, context])));
    return [this.#on('output', thought), weights];
  }

  #on(name: string, inputs: Flow | readonly Flow[]): Flow {
    return this.#layer(name).apply(inputs);
  }
}

/**
 * Holds the network of a file against what its settings say.
 * @throws SeqkitError `bad-file`
 */
export function checkNetwork(
  file: ModelFile,
  architecture: Seq2SeqArchitecture,
  sizes: { source: number; target: number },
  source: string,
): void {
  checkGraph(file, Seq2SeqNetwork.of(architecture, sizes).training(), source);
}
