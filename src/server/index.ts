/** A model as an HTTP API: classifiers, chatbots, generators, word vectors and detectors. */
export { createHandler, type Handler } from './handler.js';
export type { HandlerOptions } from './handler-options.js';
export { openModel, type OpenModelOptions } from './open-model.js';
export type { ServableModel } from './model-endpoints.js';
export type { WebRequest, WebResponse } from './web-messages.js';
