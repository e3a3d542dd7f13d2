import { decodeSafetensors } from '../../base/encoding/safetensors.js';
import { SeqkitError } from '../../base/errors.js';
import { choice, optional, optionsSchema, someText } from '../../base/schema/index.js';
import { decodeTask, TASK_FORMAT } from '../../tasks/file/task-file.js';
import { exportedBytes, openExported, type ModelSource } from '../source/exported-model.js';
import { classifierFront } from './classifier-front.js';
import { layersCode } from './code/layers-code.js';
import { literal, sourceOf } from './code/code-part.js';
import { weightsCode } from './code/weights-code.js';
import { detectorFront } from './detector-front.js';
import type { Front } from './front.js';
import { modelFront } from './model-front.js';
import { MODULE_PRECISIONS, PackedWeights, type ModulePrecision } from './packed-weights.js';
import { textFront } from './text-front.js';

export type { ModulePrecision } from './packed-weights.js';

export interface ModuleOptions {
  /** Of the weights: float16 takes half the room, int8 a quarter, and numbers differ a little. @default 'float32' */
  precision?: ModulePrecision;
  /** The name of the file, without its ending, which the example in it imports. @default 'model' */
  name?: string;
}

const moduleOptions = optionsSchema<ModuleOptions>('toModule', {
  precision: optional(choice(MODULE_PRECISIONS)),
  name: optional(someText),
});

/**
 * Writes a model as one ES module without imports: its weights, and plain loops that run it. A text model has
 * `generate` and `stream`, a classifier of texts `classify`, a detector `detector`, and each network `predict`.
 * @returns the source of the module
 * @throws SeqkitError `usage` for layers and models that modules have no functions for
 *
 * @example
 * await writeFile('poet.js', await toModule(poet, { name: 'poet' }));
 */
export async function toModule(model: ModelSource, options: ModuleOptions = {}): Promise<string> {
  const { precision = 'float32', name = 'model' } = moduleOptions.parse(options);
  const bytes = await exportedBytes(model, 'toModule: model');
  const weights = new PackedWeights(precision);
  const front = await frontOf(bytes, weights);
  const parts = { ...weightsCode, ...layersCode, ...front.parts };
  return [
    ...header(front, name),
    '',
    sourceOf(parts, [...weights.needs, ...front.needs]),
    '',
    ...weights.lines,
    '',
    ...front.constants,
    '',
    `const model = { ${front.exported.join(', ')} };`,
    'export default model;',
    '',
  ].join('\n');
}

function header({ title, example }: Front, name: string): string[] {
  // A comment ends where it says so, and a line where Unicode says so.
  const file = literal(`./${name}.js`).replaceAll('*/', '*\\/');
  return [
    '/**',
    ` * This is ${title}, written by seqkit: weights and plain loops, without imports. Sound, texts and numbers stay here.`,
    ' *',
    ' * @example',
    ...[`import model from ${file};`, ...example].map((line) => ` * ${line}`),
    ' */',
  ];
}

async function frontOf(bytes: Uint8Array, weights: PackedWeights): Promise<Front> {
  const { metadata } = decodeSafetensors(bytes, 'The model', { verify: false });
  const isTask = metadata['format'] === TASK_FORMAT;
  if (isTask && decodeTask(bytes, 'The model').kind === 'SequenceClassifier') {
    return classifierFront(bytes, 'The model', weights);
  }
  const exported = await openExported(bytes, 'toModule: model');
  const { kind, graph, source } = exported;
  if (kind === 'TextModel') return textFront(exported, weights);
  if (kind === 'TriggerModel') return detectorFront(bytes, exported, weights);
  if (!isTask) return modelFront(graph, weights);
  throw new SeqkitError(`${source} is a ${kind}, for which a module has no functions.`, {
    code: 'usage',
    hint: 'Export it as ONNX.',
  });
}
