/** Programs that sample from a step model of text, in the languages that people serve models in. */
export interface SamplingScripts {
  readonly javaScript: string;
  readonly python: string;
}

/** @param name of the files beside the scripts, without their endings */
export function samplingScripts(name: string): SamplingScripts {
  const file = JSON.stringify(name);
  return {
    javaScript: `// Writes text: node sample.mjs "Once" 300 0.8      (npm install onnxruntime-node)
// Characters that the model does not know are passed over, and none are spelled in bytes.
import { readFileSync } from 'fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [prime = '', length = 300, temperature = 0.8] = process.argv.slice(2);
const read = (ending) => readFileSync(new URL(\`./\${${file}}\${ending}\`, import.meta.url));
const { inputs, outputs, states, settings } = JSON.parse(read('.json'));
const session = await InferenceSession.create(new Uint8Array(read('.onnx')));
const bytes = settings.vocabulary.bytes === 'whole';
const characters = settings.vocabulary.characters ?? settings.vocabulary;
const V = bytes ? 256 : characters.length;
const tokens = bytes ? [...Buffer.from(prime)] : [...prime].map((c) => characters.indexOf(c)).filter((t) => t >= 0);
const written = [];
let feeds = Object.fromEntries(
  states.map(({ input, dims }) => [input, new Tensor('float32', new Float32Array(dims[1]), [1, dims[1]])]),
);
let next = tokens.shift() ?? 0;
for (let i = tokens.length + Number(length); i > 0; i--) {
  feeds[inputs[0].name] = new Tensor('int64', BigInt64Array.of(BigInt(next)), [1, 1]);
  const results = await session.run(feeds);
  feeds = Object.fromEntries(states.map(({ input, output }) => [input, results[output]]));
  const logits = Array.from(results[outputs[0].name].data.slice(0, V), (x) => x / Math.max(temperature, 1e-3));
  const shares = logits.map((x) => Math.exp(x - Math.max(...logits)));
  let point = Math.random() * shares.reduce((a, b) => a + b);
  if (tokens.length > 0) next = tokens.shift();
  else written.push((next = shares.findIndex((share) => (point -= share) <= 0)));
}
console.log(prime + (bytes ? Buffer.from(written).toString() : written.map((t) => characters[t]).join('')));
`,
    python: `# Writes text: python sample.py "Once" 300 0.8      (pip install onnxruntime)
# Characters that the model does not know are passed over, and none are spelled in bytes.
import json, os, sys
import numpy as np
import onnxruntime

prime, length, temperature = (sys.argv[1:] + ["", "300", "0.8"][len(sys.argv) - 1:])[:3]
here = os.path.join(os.path.dirname(os.path.abspath(__file__)), ${file})
about = json.load(open(here + ".json", encoding="utf-8"))
session = onnxruntime.InferenceSession(here + ".onnx", providers=["CPUExecutionProvider"])
vocabulary = about["settings"]["vocabulary"]
as_bytes = isinstance(vocabulary, dict) and vocabulary["bytes"] == "whole"
characters = vocabulary["characters"] if isinstance(vocabulary, dict) else vocabulary
V = 256 if as_bytes else len(characters)
tokens = list(prime.encode()) if as_bytes else [characters.index(c) for c in prime if c in characters]
states = {s["input"]: np.zeros((1, s["dims"][1]), np.float32) for s in about["states"]}
names = [about["outputs"][0]["name"]] + [s["output"] for s in about["states"]]
token, written = tokens.pop(0) if tokens else 0, []
for _ in range(len(tokens) + int(length)):
    results = session.run(names, {**states, about["inputs"][0]["name"]: np.array([[token]], np.int64)})
    states = dict(zip(states, results[1:]))
    logits = results[0].reshape(-1)[:V].astype(np.float64) / max(float(temperature), 1e-3)
    shares = np.exp(logits - logits.max())
    if tokens:
        token = tokens.pop(0)
    else:
        token = int(np.random.choice(V, p=shares / shares.sum()))
        written.append(token)
print(prime + (bytes(written).decode(errors="replace") if as_bytes else "".join(characters[t] for t in written)))
`,
  };
}
