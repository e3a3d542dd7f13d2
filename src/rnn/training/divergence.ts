import { nameOfCarried } from '../program/carried-state.js';
import type { Session } from '../program/engine.js';
import { SeqkitError } from '../../base/errors.js';
import type { Layer } from '../layers/layer.js';
import type { LayerGraph } from '../graph/layer-graph.js';
import { layerOutputName } from '../weights/trace.js';
import { BatchFeeder } from './batch-feeder.js';
import type { Examples } from './examples.js';
import type { LossChoice, LossTerm } from '../losses/loss-choice.js';
import { gradientProgram, type ProgramSize } from './model-programs.js';

/** One training step as it was asked for. */
export interface StepTaken {
  readonly size: ProgramSize;
  readonly examples: Examples;
  readonly indices: ArrayLike<number>;
  readonly start: number;
  readonly count: number;
}

/** Where the first numbers that are not finite were found. */
export type Finding =
  | { what: 'input' | 'targets' | 'sample weights'; example: number; /** Of several. */ index?: number }
  | { what: 'weights' | 'outputs' | 'gradients'; layer: string }
  | { what: 'loss' };

/**
 * Looks for the first numbers that are not finite in one training step: among what was given, in the
 * weights, in each layer's output from the first on, in the gradients from the last layer back.
 * @param session holds the weights and states from before the step; they are not changed, but for
 *   running statistics
 * @returns undefined where all of them are finite
 */
export async function findNotFinite(
  session: Session,
  graph: LayerGraph,
  loss: LossChoice | readonly LossTerm[],
  step: StepTaken,
  dropout: { seed: number; step: number },
): Promise<Finding | undefined> {
  const given = inExamples(step);
  if (given) return given;
  const weights = layerWithBadWeights(session, graph.layers);
  if (weights !== undefined) return { what: 'weights', layer: weights };

  const model = gradientProgram({ graph, size: step.size }, loss, {
    carryState: false,
    exposeOutputs: true,
  });
  const executable = await session.compile(model.program);
  try {
    for (const { name, carried } of model.program.buffers) {
      const trained = carried && nameOfCarried({ ...carried, program: 'train' });
      if (trained !== undefined && session.has(trained)) session.write(name, session.read(trained));
    }
    const feeder = new BatchFeeder(model, executable);
    feeder.fill(step.examples, step.indices, step.start, step.count);
    feeder.renewDropout(dropout.seed, dropout.step);
    await executable.run();
    const bad = (name: string): boolean => !Array.from(executable.read(name)).every(Number.isFinite);
    const outputs = new Set(
      model.program.buffers.filter(({ kind }) => kind === 'output').map(({ name }) => name),
    );
    for (const [i, { layer }] of graph.nodes.entries()) {
      const name = layerOutputName(i);
      if (outputs.has(name) && bad(name)) return { what: 'outputs', layer: layer.name };
    }
    if (bad('loss')) return { what: 'loss' };
    for (const layer of [...graph.layers].reverse()) {
      const names = layer.weights.map((weight) => `gradient/${weight.name}`);
      if (names.some((name) => outputs.has(name) && bad(name)))
        return { what: 'gradients', layer: layer.name };
    }
    return undefined;
  } finally {
    executable.dispose();
  }
}

/** The first of the numbers given that is not finite, of those that count. */
function inExamples({ examples, indices, start, count }: StepTaken): Finding | undefined {
  const { inputs, targets, weights, lengths } = examples;
  for (const [what, tensors] of [
    ['input', inputs],
    ['targets', targets],
    ['sample weights', weights],
  ] as const) {
    for (const [index, { data, shape }] of tensors.entries()) {
      const size = data.length / shape[0];
      const own = what === 'input' ? lengths[index] : undefined;
      for (let n = start; n < start + count; n++) {
        const first = indices[n] * size;
        const used = own ? (size / shape[1]) * own[indices[n]] : size;
        if (what === 'targets' && onlyUncounted(examples, index, indices[n])) continue;
        if (data.subarray(first, first + used).every(Number.isFinite)) continue;
        return { what, example: indices[n], ...(tensors.length > 1 && { index }) };
      }
    }
  }
  return undefined;
}

/** Whether the targets of an example that are not finite stand in rows of weight 0 or beyond its length. */
function onlyUncounted(
  { targets, weights, inputs, lengths }: Examples,
  output: number,
  example: number,
): boolean {
  const { data, shape } = targets[output];
  const time = shape.length > 1 ? shape[1] : 1;
  const columns = data.length / shape[0] / time;
  const given = weights.at(output);
  const perExample = given ? given.data.length / given.shape[0] : 0;
  // An output of as many steps as an input has its padding.
  const length = lengths.find((own, i) => own && inputs[i].shape[1] === time)?.[example] ?? time;
  for (let t = 0; t < time; t++) {
    const weight = given?.data[example * perExample + (perExample === time ? t : 0)] ?? 1;
    const start = (example * time + t) * columns;
    const finite = data.subarray(start, start + columns).every(Number.isFinite);
    if (!finite && weight !== 0 && t < length) return false;
  }
  return true;
}

function layerWithBadWeights(session: Session, layers: readonly Layer[]): string | undefined {
  const bad = layers.find((layer) =>
    layer.weights.some(({ name }) => !Array.from(session.read(name)).every(Number.isFinite)),
  );
  return bad?.name;
}

const OVERSHOOT = 'Lower the learning rate, or set globalClipNorm.';

/**
 * @param loss what it became
 * @param step at which it did
 * @param finding where the first numbers that are not finite stood, and at which step, if that is known
 */
export function divergedError(loss: number, step: number, finding?: Finding & { step: number }): SeqkitError {
  const says = (cause: string, hint: string): SeqkitError =>
    new SeqkitError(`The loss became ${loss} at step ${step}${cause}.`, { code: 'diverged', hint });
  if (finding === undefined) return says('', `${OVERSHOOT} Check the inputs for NaN.`);
  const when = finding.step === step ? '' : ` in step ${finding.step}`;
  switch (finding.what) {
    case 'input':
    case 'targets':
    case 'sample weights':
      return says(
        `: the ${finding.what}${finding.index === undefined ? '' : ` ${finding.index}`} of example ${finding.example} hold a number that is not finite`,
        'Mend or leave out that example (all counted from 0).',
      );
    case 'outputs':
      return says(`: the outputs of the layer "${finding.layer}" were the first to be not finite`, OVERSHOOT);
    case 'gradients':
      return says(
        `: the gradients of the layer "${finding.layer}" were the first to be not finite${when}`,
        OVERSHOOT,
      );
    case 'weights':
      return finding.step === step
        ? says(
            `: the weights of the layer "${finding.layer}" were not finite to begin with`,
            'Check what set them: setWeights, or the file they came from.',
          )
        : says(`: the update${when} made the weights of the layer "${finding.layer}" not finite`, OVERSHOOT);
    case 'loss':
      return says(', though all outputs of the layers are finite', `${OVERSHOOT} Check the targets.`);
  }
}
