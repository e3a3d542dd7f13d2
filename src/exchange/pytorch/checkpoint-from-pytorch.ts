import { SeqkitError } from '../../base/errors.js';
import { anything, optionsSchema, quoted } from '../../base/schema/index.js';
import { readSource, type FileSource } from '../../base/source/file-source.js';
import type { Layer } from '../../rnn/layers/layer.js';
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from '../../rnn/training/checkpoint.js';
import { openExported } from '../source/exported-model.js';
import { tensorsOf } from './from-pytorch.js';
import { moduleSource } from './module-source.js';
import { readStateDict, type StateTensor } from './read-state-dict.js';
import { torchLayer } from './torch-tensors.js';

/** What a training that comes back from PyTorch belongs to. */
export interface ReturnedTraining {
  /** The checkpoint of `fit` that `toPyTorch` wrote `train.py` from: layers, loss, data and options stand in it. */
  checkpoint: FileSource;
  /** The `optimizer.safetensors` that `train.py` wrote: how many steps there were, and the moments of Adam. */
  optimizer: FileSource;
}

const returnedTraining = optionsSchema<ReturnedTraining>('checkpointFromPyTorch', {
  checkpoint: anything<FileSource>(),
  optimizer: anything<FileSource>(),
});

/** PyTorch's names of Adam's moments, and ours. */
const MOMENTS = [
  ['exp_avg', 'adam m'],
  ['exp_avg_sq', 'adam v'],
] as const;

/**
 * A training that went on in PyTorch by `train.py`, as a checkpoint again: its weights, the moments of Adam and the number
 * of steps are those of PyTorch, all else is as it was. `fit` goes on from it with `resume`, at the same rates; losses of
 * the epochs in PyTorch are not in its history.
 * @param from the `model.safetensors` that `train.py` wrote: its path, a URL, a Blob, or its bytes
 * @returns the bytes of the checkpoint's file
 * @throws SeqkitError `usage` where `checkpoint` is none, or watches for an early end; `bad-shape` where tensors are
 *   not those of its layers; `bad-file` for files that are damaged, or of steps before those of the checkpoint
 *
 * @example
 * writeFileSync('on.safetensors', await checkpointFromPyTorch('exported/model.safetensors', {
 *   checkpoint: 'run.safetensors', optimizer: 'exported/optimizer.safetensors' }));
 * await model.fit(x, y, { epochs: 20, checkpoint: { path: 'on.safetensors' }, resume: true });
 */
export async function checkpointFromPyTorch(
  from: FileSource,
  options: ReturnedTraining,
): Promise<Uint8Array> {
  const given = returnedTraining.parse(options);
  const exported = await openExported(given.checkpoint, 'checkpointFromPyTorch: checkpoint');
  const { file, graph, source } = exported;
  if (file?.training === undefined) {
    throw new SeqkitError(`${source} is no checkpoint, so that there is no training to go on with.`, {
      code: 'usage',
      hint: 'Give the file that toPyTorch was given with training.',
    });
  }
  const state = await read(from, 'from', 'The state_dict', tensorsOf);
  const moments = await read(given.optimizer, 'optimizer', 'The state of the optimizer', readStateDict);
  const before = decodeCheckpoint(file, graph.weights, source);
  checkRun(before, source);
  const steps = stepsMade(moments, before.state.step);
  const buffers = new Map(before.state.buffers);
  const used = { state: new Set<string>(), moments: new Set(['step']) };
  for (const [layer, names] of tensorsByLayer(graph)) {
    const { slots, read: arraysOf } = torchLayer(layer)!;
    const kept = slots.filter(({ ignored }) => ignored !== true);
    const weights = kept.map(({ name, shape }) => take(state, names(name), shape, used.state));
    layer.setWeights(arraysOf(weights));
    for (const weight of layer.weights) buffers.set(weight.name, Float32Array.from(weight.get().data));
    if (!layer.trainable) continue;
    for (const [ending, own] of MOMENTS) {
      const arrays = arraysOf(
        kept.map(({ name, shape, fixed }) =>
          fixed === true
            ? new Float32Array(shape.reduce((product, side) => product * side, 1))
            : take(moments, `${names(name)}.${ending}`, shape, used.moments),
        ),
      );
      layer.weights.forEach(({ name }, i) => {
        const key = `${name}/${own}`;
        if (buffers.has(key)) buffers.set(key, Float32Array.from(arrays[i]));
      });
    }
  }
  refuseOthers(state, used.state);
  refuseOthers(moments, used.moments);
  const { engine, step, updates } = before.state;
  return encodeCheckpoint(file, graph.weights, {
    ...before,
    state: { engine, step: step + steps, updates: updates + steps, buffers },
    position: { ...before.position, ...placeAfter(before, steps) },
  });
}

interface Tensors {
  readonly tensors: ReadonlyMap<string, StateTensor>;
  /** What errors call the file. */
  readonly source: string;
}

async function read(
  from: FileSource,
  argument: string,
  name: string,
  decode: (bytes: Uint8Array, source: string) => ReadonlyMap<string, StateTensor>,
): Promise<Tensors> {
  const found = await readSource(from, `checkpointFromPyTorch: ${argument}`, {
    name,
    kind: 'tensors of PyTorch',
  });
  return { tensors: decode(found.bytes, found.name), source: found.name };
}

/** @throws SeqkitError `usage` for a run that cannot have been in PyTorch */
function checkRun({ run }: Checkpoint, source: string): void {
  if (run['optimizer'] !== 'Adam') {
    throw new SeqkitError(`${source} was trained with ${String(run['optimizer'])}, and train.py has Adam.`, {
      code: 'usage',
      hint: 'Give the checkpoint that train.py was made of.',
    });
  }
  if (run['earlyStopping'] === null || run['earlyStopping'] === undefined) return;
  throw new SeqkitError(`${source} counts epochs for earlyStopping, and those in PyTorch were not watched.`, {
    code: 'usage',
    hint: 'Train without earlyStopping, or take the weights alone: fromPyTorch.',
  });
}

/** Steps that PyTorch made. */
function stepsMade({ tensors, source }: Tensors, before: number): number {
  const step = tensors.get('step')?.data ?? [];
  const [made] = step;
  if (step.length === 1 && Number.isInteger(made) && made >= before) return made - before;
  throw new SeqkitError(
    step.length === 1
      ? `${source} is of step ${made}, and the checkpoint of step ${before} already.`
      : `${source} does not say how many steps there were.`,
    {
      code: 'bad-file',
      hint: 'Give the optimizer.safetensors that train.py wrote, and the checkpoint it began from.',
    },
  );
}

/** Each layer that has tensors, and how a name within its module is called in the state_dict. */
function tensorsByLayer(graph: Parameters<typeof moduleSource>[0]): Map<Layer, (name: string) => string> {
  const layers = new Map<Layer, (name: string) => string>();
  for (const [name, { layer, name: own }] of moduleSource(graph).tensors) {
    const module = name.slice(0, name.length - own.length);
    layers.set(layer, (inside) => module + inside);
  }
  return layers;
}

/** @throws SeqkitError `bad-shape` where it is not there, or of another shape */
function take(
  { tensors, source }: Tensors,
  name: string,
  shape: readonly number[],
  used: Set<string>,
): Float32Array {
  const tensor = tensors.get(name);
  if (tensor?.shape.join() === shape.join()) {
    used.add(name);
    return tensor.data;
  }
  const found = tensor ? `of shape (${tensor.shape.join(', ')})` : 'missing';
  throw new SeqkitError(
    `${source} does not fit the checkpoint: ${quoted(name)} is ${found}, expected (${shape.join(', ')}).`,
    {
      code: 'bad-shape',
      hint: 'Give the checkpoint that train.py was made of.',
    },
  );
}

function refuseOthers({ tensors, source }: Tensors, used: ReadonlySet<string>): void {
  const other = [...tensors.keys()].find((name) => !used.has(name) && !name.endsWith('num_batches_tracked'));
  if (other === undefined) return;
  throw new SeqkitError(`${source} holds ${quoted(other)}, which no layer of the checkpoint takes.`, {
    code: 'bad-shape',
    hint: 'Give the checkpoint that train.py was made of.',
  });
}

/** Whole epochs count as such; of others the epoch that was begun is begun anew. */
function placeAfter({ run, position, arrays }: Checkpoint, steps: number): Record<string, unknown> {
  const batches = Math.ceil((arrays['order']?.shape[0] ?? 0) / Number(run['batchSize']));
  const epoch = Number(position['epoch']);
  if (!(batches > 0)) return {};
  if (steps % batches === 0) return { epoch: epoch + steps / batches };
  const outputSums = position['outputSums'] as readonly number[] | undefined;
  return {
    epoch: epoch + Math.floor((Number(position['batch']) + steps) / batches),
    ...{ batch: 0, sum: 0 },
    ...(outputSums && { outputSums: outputSums.map(() => 0) }),
  };
}
