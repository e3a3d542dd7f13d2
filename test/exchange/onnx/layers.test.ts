import { afterAll, describe, expect, it } from 'vitest';
import { Model } from '../../../src/index.js';
import { programSize } from '../../../src/rnn/training/input-sizes.js';
import { Random } from '../../../src/base/math/random.js';
import { writeOnnxGraph } from '../../../src/exchange/onnx/write/write-onnx-graph.js';
import { layerCases, type LayerCase } from '../../rnn/layer-cases.js';
import { largestDifference, runtimeOf, type Numbers } from '../support/onnx-runtime.js';
import { randomizeWeights } from '../support/random-weights.js';

/** Activations that ONNX's recurrent operators lack, with the first of ours that has one. */
const REFUSED: Readonly<Record<string, string>> = {
  'selu, of Dense, SimpleRNN and by itself': 'activation "selu"',
  'silu, of Dense, SimpleRNN and by itself': 'activation "silu"',
  'gelu, of Dense, SimpleRNN and by itself': 'activation "gelu"',
  'geluTanh, of Dense, SimpleRNN and by itself': 'activation "geluTanh"',
  'selu in LSTM and both GRUs': 'activation "selu"',
  'cells by themselves, masked, in both directions': 'activation "gelu"',
};

async function built({ graph, x }: LayerCase) {
  const inputs = (Array.isArray(x) ? x : [x]) as readonly Numbers[];
  const own = graph();
  const shapes = programSize(own, { inputs: inputs as never }, 1);
  const first = { time: shapes.time, steps: shapes.steps, features: shapes.features };
  own.build([first, ...(shapes.others ?? [])], new Random(5));
  randomizeWeights(own, 7);
  return { own, inputs, model: new Model(own, { engine: 'wasm', threads: 1 }) };
}

/** What each case came to: SEQKIT_EXCHANGE_TABLE=1 prints it for docs/exchange.md. */
const differences = new Map<string, number>();

afterAll(() => {
  if (process.env['SEQKIT_EXCHANGE_TABLE'] === undefined) return;
  const rows = [...differences].map(([name, largest]) => `| ${name} | ${largest.toExponential(1)} |`);
  process.stdout.write(`${['| layers | largest difference |', '| --- | --- |', ...rows].join('\n')}\n`);
});

describe('every layer as ONNX, against onnxruntime', () => {
  for (const [name, layerCase] of Object.entries(layerCases)) {
    const refusal = REFUSED[name];
    it(refusal ? `refuses ${name}` : name, async () => {
      const { own, inputs, model } = await built(layerCase);
      if (refusal) {
        expect(() => writeOnnxGraph(own)).toThrow(
          expect.objectContaining({ code: 'usage', message: expect.stringContaining(refusal) }),
        );
        return;
      }
      const file = writeOnnxGraph(own);
      const run = await runtimeOf(file.bytes);
      const feeds = Object.fromEntries(file.inputs.map((port, i) => [port.name, inputs[i]]));
      const results = await run(feeds);
      const expected = await model.predictAll((inputs.length > 1 ? inputs : inputs[0]) as never);
      expected.forEach(({ data, shape }, i) => {
        const found = results[file.outputs[i].name];
        expect(found.shape).toEqual(shape);
        const largest = largestDifference(found.data, data);
        differences.set(name, Math.max(largest, differences.get(name) ?? 0));
        expect(largest).toBeLessThan(1e-5);
      });
      await model.dispose();
    });
  }
});
