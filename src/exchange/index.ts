/** Other people's formats: models and vectors, in and out. */
export { readOnnxGraph } from './onnx/read/read-onnx-graph.js';
export type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor, OnnxValue } from './onnx/read/graph.js';
export type { OnnxDataType } from './onnx/schema/data-types.js';
export { convertSpeechEmbedding } from './speech-embedding/convert-speech-embedding.js';
