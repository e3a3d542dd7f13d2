/** Other people's formats: models and vectors, in and out. */
export { toOnnx } from './onnx/to-onnx.js';
export type { OnnxDescription, OnnxExport, OnnxOptions } from './onnx/to-onnx.js';
export type { SoundDescription } from './onnx/sound/sound-front.js';
export type { CRFScores } from './source/described-parts.js';
export { checkOnnx } from './onnx/check/check-onnx.js';
export type { OnnxDifference } from './onnx/check/onnx-difference.js';
export type { OnnxRuntime } from './onnx/check/onnx-runtime.js';
export type { ModelSource, SavedModel } from './source/exported-model.js';
export { fromOnnx } from './onnx/from-onnx.js';
export { readOnnxGraph } from './onnx/read/read-onnx-graph.js';
export type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor, OnnxValue } from './onnx/read/graph.js';
export type { OnnxDataType } from './onnx/schema/data-types.js';
export { toPyTorch, type PyTorchFiles, type PyTorchOptions } from './pytorch/to-pytorch.js';
export type { ContinuedTraining } from './pytorch/continued-training.js';
export { checkpointFromPyTorch, type ReturnedTraining } from './pytorch/checkpoint-from-pytorch.js';
export { fromPyTorch, type FromPyTorchOptions } from './pytorch/from-pytorch.js';
export { fromKeras } from './keras/from-keras.js';
export { fromTfjs, type TfjsFiles } from './tfjs/from-tfjs.js';
export {
  toTfjs,
  type TfjsDescription,
  type TfjsExport,
  type TfjsOptions,
  type TfjsPort,
} from './tfjs/to-tfjs.js';
export { checkTfjs, type TfjsRuntime, type TfjsTensor } from './tfjs/check-tfjs.js';
export { fromBrain } from './character-models/from-brain.js';
export { fromMl5, type Ml5Files } from './character-models/from-ml5.js';
export { importedModel, type DescribedLayers, type ImportedModel } from './importing/imported-model.js';
export { toPgvector, type PgvectorOptions, type PgvectorType } from './vectors/to-pgvector.js';
export { qdrantCollection, toQdrant, type QdrantOptions } from './vectors/to-qdrant.js';
export {
  toOpenWakeWord,
  type OpenWakeWordOptions,
  type WakeWordManifest,
  type WakeWordModel,
} from './open-wake-word/to-open-wake-word.js';
export { fromOpenWakeWord, type FromOpenWakeWordOptions } from './open-wake-word/from-open-wake-word.js';
export { checkOpenWakeWord } from './open-wake-word/check-open-wake-word.js';
export { samplingScripts, type SamplingScripts } from './onnx/sampling-scripts.js';
export { convertSpeechEmbedding } from './speech-embedding/convert-speech-embedding.js';
export type { Port as OnnxPort } from './onnx/write/onnx-builder.js';
export type { CarriedPort as OnnxState } from './onnx/write/writing.js';
export type { RuntimeTensor as OnnxRuntimeTensor } from './onnx/check/onnx-runtime.js';
export { checkModule, type ModelModule } from './module/check-module.js';
export { toModule, type ModuleOptions, type ModulePrecision } from './module/to-module.js';
export { modelPage, type ModelPageOptions, type PagePrecision } from './page/model-page.js';
