/** The engines held to outside numbers. */
export const judgedEngines = ['reference', 'wasm'] as const;
export type JudgedEngine = (typeof judgedEngines)[number];

type Tolerance = Readonly<Record<JudgedEngine, number>>;

/**
 * Ten steps against PyTorch in float64; relative. `reference` computes in float64 too, so only
 * the order of sums differs; the weights and predictions stand in the file with ten digits, and
 * `predict` answers in float32 (half a unit in its last place is 6e-8). `wasm` is float32.
 */
export const againstTorch = {
  losses: { reference: 1e-12, wasm: 1e-5 },
  weights: { reference: 1e-9, wasm: 1e-5 },
  predictions: { reference: 1e-7, wasm: 1e-5 },
} satisfies Record<string, Tolerance>;

/** ONNX's own node tests, which are float32; absolute, on numbers below 1. */
export const againstOnnx: Tolerance = { reference: 1e-6, wasm: 1e-5 };

/** Keras fixtures rounded to six decimals, weights and inputs too; absolute. */
export const againstKeras: Tolerance = { reference: 5e-6, wasm: 2e-5 };

/** TensorFlow.js's layers and onnxruntime's cells, which are float32, in eight digits; absolute, on numbers of a few. */
export const againstKerasLayers: Tolerance = { reference: 3e-6, wasm: 1e-5 };
export const againstOnnxRuntime: Tolerance = { reference: 3e-6, wasm: 1e-5 };

/** The same sums in another order; relative. */
export const reordered: Tolerance = { reference: 1e-12, wasm: 1e-6 };
