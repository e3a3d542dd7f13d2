// Not typed: the types of LiteRT change those of typed arrays everywhere.
import { loadAndCompile, loadLiteRt, Tensor } from '@litertjs/core';

const started = loadLiteRt('/litert/');

globalThis.liteRtPage = {
  /** What a model, in base 64, gives of each input of the shape that it names. */
  async run(encoded, inputs) {
    await started;
    const bytes = Uint8Array.from(globalThis.atob(encoded), (character) => character.charCodeAt(0));
    const model = await loadAndCompile(bytes, { accelerator: 'wasm' });
    const inputShape = Array.from(model.getInputDetails()[0].shape);
    const outputs = [];
    for (const numbers of inputs) {
      const input = new Tensor(Float32Array.from(numbers), inputShape);
      const [result] = await model.run(input);
      outputs.push(Array.from(await result.data()));
      input.delete();
      result.delete();
    }
    const outputShape = Array.from(model.getOutputDetails()[0].shape);
    model.delete();
    return { inputShape, outputShape, outputs };
  },
};
