import { describe, expect, it } from 'vitest';
import { writeOnnxGraph } from '../../../src/exchange/onnx/write/write-onnx-graph.js';
import { layerCases } from '../../rnn/layer-cases.js';
import { builtCase, comparedCases } from '../support/exported-cases.js';
import { runtimeOf } from '../support/onnx-runtime.js';

/** Activations that ONNX's recurrent operators lack, with the first of ours that has one. */
const REFUSED: Readonly<Record<string, string>> = {
  'selu, of Dense, SimpleRNN and by itself': 'activation "selu"',
  'silu, of Dense, SimpleRNN and by itself': 'activation "silu"',
  'gelu, of Dense, SimpleRNN and by itself': 'activation "gelu"',
  'geluTanh, of Dense, SimpleRNN and by itself': 'activation "geluTanh"',
  'selu in LSTM and both GRUs': 'activation "selu"',
  'cells by themselves, masked, in both directions': 'activation "gelu"',
};

const compare = comparedCases();

describe('every layer as ONNX, against onnxruntime', () => {
  for (const [name, layerCase] of Object.entries(layerCases)) {
    const refusal = REFUSED[name];
    it(refusal ? `refuses ${name}` : name, async () => {
      const own = layerCase.graph();
      const { inputs, model } = builtCase(layerCase, own);
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
      expected.forEach((own, i) => compare(name, results[file.outputs[i].name], own));
      await model.dispose();
    });
  }
});
