import { loadAndCompile, loadLiteRt, Tensor } from '@litertjs/core';

/** What a test asks of the page. */
export interface LiteRtPage {
  /** What a model gives of each input of the shape that it names. @param model in base 64 */
  run(model: string, inputs: readonly number[][]): Promise<LiteRtAnswer>;
}

export interface LiteRtAnswer {
  readonly inputShape: number[];
  readonly outputShape: number[];
  readonly outputs: number[][];
}

const page: LiteRtPage = {
  async run(encoded, inputs) {
    await started;
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    const model = await loadAndCompile(bytes, { accelerator: 'wasm' });
    const shapeOf = ({ shape }: { shape: Int32Array }) => Array.from(shape);
    const inputShape = shapeOf(model.getInputDetails()[0]);
    const outputs: number[][] = [];
    for (const numbers of inputs) {
      const input = new Tensor(Float32Array.from(numbers), inputShape);
      const [result] = await model.run(input);
      outputs.push(Array.from(await result.data()));
      input.delete();
      result.delete();
    }
    const outputShape = shapeOf(model.getOutputDetails()[0]);
    model.delete();
    return { inputShape, outputShape, outputs };
  },
};

const started = loadLiteRt('/litert/');

(globalThis as unknown as { liteRtPage: LiteRtPage }).liteRtPage = page;
