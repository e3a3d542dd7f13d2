// TensorFlow.js with its layers, on the CPU, put together from its parts.
const core = require('@tensorflow/tfjs-core');

// It says at its start that another package is faster.
const { warn } = globalThis.console;
globalThis.console.warn = () => undefined;
require('@tensorflow/tfjs-backend-cpu');
const layers = require('@tensorflow/tfjs-layers');
void core.setBackend('cpu');
core.tensor(0).dispose();
globalThis.console.warn = warn;

// The package of the core alone leaves out that its functions are methods of tensors too, which the layers ask for.
const methods = core.Tensor.prototype;
for (const [name, op] of Object.entries(core)) {
  if (typeof op !== 'function' || name in methods) continue;
  methods[name] = function (...rest) {
    return op(this, ...rest);
  };
}
methods.flatten = function () {
  return core.reshape(this, [this.size]);
};

const { input, loadLayersModel, model, sequential } = layers;
module.exports = { ...core, input, layers: layers.layers, loadLayersModel, model, sequential };
