import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fromOnnx } from '../../../src/exchange/index.js';
import { asOurs } from '../support/laid-out.js';
import { differenceTable } from '../support/difference-table.js';
import { largestDifference, type Numbers } from '../support/onnx-runtime.js';
import { PYTHON, pythonHas, runPython } from '../support/python.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-torch-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The networks of torch-export.py: how each lays its input out, and the layers that it becomes. */
const networks: Record<string, { axes: string; kinds: string }> = {
  speech: {
    axes: 'NTD',
    kinds: 'Conv2D Activation MaxPooling2D Conv2D Activation Bidirectional Bidirectional Dense',
  },
  text: {
    axes: 'NT',
    kinds:
      'Embedding Conv2D Activation MaxPooling1D Flatten Conv2D Activation MaxPooling1D Flatten Concatenate Dense',
  },
  image: { axes: 'NCTB', kinds: 'Conv2D Activation MaxPooling2D Flatten Dense' },
  means: {
    axes: 'NCTB',
    kinds: 'Conv2D Activation AveragePooling2D AveragePooling2D GlobalAveragePooling1D Dense',
  },
  sound: { axes: 'NDT', kinds: 'Conv1D Activation MaxPooling1D Flatten LayerNormalization Dense' },
};

const note = differenceTable('network of PyTorch');
const hasTorch = pythonHas('torch');
const title = hasTorch ? '' : ` (skipped: ${PYTHON} has no torch)`;

describe.skipIf(!hasTorch)(`files that torch.onnx.export writes give PyTorch's numbers${title}`, () => {
  it(Object.keys(networks).join(', '), async () => {
    const script = path.resolve(import.meta.dirname, 'torch-export.py');
    const found = JSON.parse(runPython(folder, [script, folder])) as Record<
      string,
      { x: Numbers; y: Numbers }
    >;
    expect(Object.keys(found)).toEqual(Object.keys(networks));
    for (const [name, { x, y }] of Object.entries(found)) {
      const { axes, kinds } = networks[name];
      const model = await fromOnnx(readFileSync(path.join(folder, `${name}.onnx`)));
      const made = model.layers.map(({ kind }) => kind).filter((kind) => kind !== 'Input');
      expect(made.sort(), name).toEqual(kinds.split(' ').sort());
      const input = axes === 'NT' ? { data: Float32Array.from(x.data), shape: x.shape } : asOurs(x, axes);
      const own = await model.predict(input);
      expect(own.shape, name).toEqual(y.shape);
      const largest = largestDifference(own.data, y.data);
      note(name, largest);
      expect(largest, name).toBeLessThan(1e-5);
      await model.dispose();
    }
  });
});
