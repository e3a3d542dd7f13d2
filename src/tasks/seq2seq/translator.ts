import { openStreamingSession } from '../../rnn/engine/choose.js';
import type { EngineChoice } from '../../rnn/engine/engine-names.js';
import type { LayerGraph } from '../../rnn/graph/layer-graph.js';
import type { Floats, SyncExecutable, SyncSession } from '../../rnn/program/engine.js';
import { predictProgram, type ModelProgram } from '../../rnn/training/model-programs.js';
import { inputName, maskName, portName } from '../../rnn/weights/trace.js';
import type { Weight } from '../../rnn/weights/weight.js';
import { beamSearch, type Hypothesis } from './beam-search.js';
import type { Seq2SeqNetwork } from './seq2seq-network.js';
import { PADDING } from './token-table.js';

/** Sources are padded to a multiple of this, so that few programs are made. */
const LENGTH_STEP = 8;

/** The most programs that are kept. */
const MOST_PROGRAMS = 12;

/** How a translator searches. */
export interface Search {
  readonly width: number;
  readonly lengthPenalty: number;
  /** For a source of so many tokens. */
  readonly maxLength: (sourceLength: number) => number;
}

/** The programs of one size: B sources of S tokens, K answers each. */
interface Programs {
  readonly encoder: SyncExecutable;
  readonly decoder: SyncExecutable;
  /** The decoder's states by their names. */
  readonly states: readonly string[];
}

/**
 * Encodes sources once and then writes one token of every answer at a call, at once, with a copy of the weights: the
 * decoder is a program of one step that carries its state.
 */
export class Translator {
  readonly #session: SyncSession;
  readonly #encoder: LayerGraph;
  readonly #decoder: LayerGraph;
  readonly #units: number;
  readonly #vocabulary: number;
  readonly #programs = new Map<string, Programs>();

  constructor(
    network: Seq2SeqNetwork,
    options: { units: number; vocabulary: number; weights: readonly Weight[]; engine: EngineChoice },
  ) {
    const { units, vocabulary, weights, engine } = options;
    this.#encoder = network.encoder();
    this.#decoder = network.decoder(units);
    this.#units = units;
    this.#vocabulary = vocabulary;
    this.#session = openStreamingSession(engine);
    for (const weight of weights) this.#session.write(weight.name, weight.get().data);
  }

  /** Answers to several sources at once, of each the best first. */
  translate(
    sources: readonly (readonly number[])[],
    { width, lengthPenalty, maxLength }: Search,
  ): Hypothesis[][] {
    const longest = Math.max(1, ...sources.map(({ length }) => length));
    const [B, S] = [sources.length, Math.ceil(longest / LENGTH_STEP) * LENGTH_STEP];
    const rows = B * width;
    const { encoder, decoder, states } = this.#programsFor(B, S, width);
    const tokens = new Int32Array(S * B).fill(PADDING);
    const mask = new Float32Array(S * rows);
    sources.forEach((source, b) => {
      source.forEach((token, s) => {
        tokens[s * B + b] = token;
        mask.fill(1, s * rows + b * width, s * rows + (b + 1) * width);
      });
    });
    encoder.write(inputName(0), tokens);
    encoder.run();
    decoder.write(inputName(1), repeated(encoder.read(portName('y', 0)), 2 * this.#units, width));
    decoder.write(inputName(2), repeated(encoder.read(portName('y', 1)), this.#units, width));
    decoder.write(maskName(1), mask);
    decoder.write(maskName(2), mask);
    states.forEach((name, i) => {
      this.#session.write(name, repeated(encoder.read(portName('y', 2 + i)), this.#units, width));
    });
    return beamSearch({
      ...{ sources: B, width, vocabulary: this.#vocabulary, sourceLength: S, lengthPenalty },
      maxLength: maxLength(longest),
      step: (written, parents) => {
        if (parents.some((parent, row) => parent !== row)) this.#reorder(states, parents);
        decoder.write(inputName(0), written);
        decoder.run();
        return { logits: decoder.read(portName('y', 0)), attention: decoder.read(portName('y', 1)) };
      },
    }).map((answers, b) =>
      answers.map((answer) => ({
        ...answer,
        attention: answer.attention.map((weights) => weights.subarray(0, sources[b].length)),
      })),
    );
  }

  dispose(): void {
    this.#session.dispose();
  }

  #reorder(states: readonly string[], parents: Int32Array): void {
    const H = this.#units;
    for (const name of states) {
      const before = this.#session.read(name);
      const after = new Float32Array(before.length);
      parents.forEach((parent, row) => {
        after.set(before.subarray(parent * H, (parent + 1) * H), row * H);
      });
      this.#session.write(name, after);
    }
  }

  #programsFor(B: number, S: number, width: number): Programs {
    const key = `${B} ${S} ${width}`;
    const known = this.#programs.get(key);
    if (known) return known;
    if (this.#programs.size === MOST_PROGRAMS) {
      const [oldest, { encoder, decoder }] = [...this.#programs][0];
      encoder.dispose();
      decoder.dispose();
      this.#programs.delete(oldest);
    }
    const rows = B * width;
    const encoder = predictProgram({ graph: this.#encoder, size: { batch: B, time: S, features: 1 } });
    const memory = { time: S, features: 2 * this.#units, masked: true };
    const keys = { ...memory, features: this.#units };
    const decoder = predictProgram(
      { graph: this.#decoder, size: { batch: rows, time: 1, features: 1, others: [memory, keys] } },
      { carryState: true },
    );
    const programs = {
      encoder: this.#compile(encoder, B),
      decoder: this.#compile(decoder, rows),
      states: decoder.program.buffers.filter(({ carried }) => carried).map(({ name }) => name),
    };
    this.#programs.set(key, programs);
    return programs;
  }

  #compile({ program }: ModelProgram, rows: number): SyncExecutable {
    const executable = this.#session.compile(program, { fixedParameters: true });
    // Masks count real examples, which all of these are.
    if (program.buffers.some(({ name }) => name === 'valid')) {
      executable.write('valid', new Float32Array(rows).fill(1));
    }
    return executable;
  }
}

/** Rows of `size` numbers, each so many times. */
function repeated(values: Floats, size: number, times: number): Floats {
  if (times === 1) return values.slice();
  const out = new Float32Array(values.length * times);
  for (let at = 0, to = 0; at < values.length; at += size) {
    const row = values.subarray(at, at + size);
    for (let k = 0; k < times; k++, to += size) out.set(row, to);
  }
  return out;
}
