import { existsSync } from 'node:fs';
import { Option, type Command } from 'commander';
import type { DigestState } from '../../base/encoding/content-digest.js';
import { SeqkitError } from '../../base/errors.js';
import type { EngineChoice } from '../../rnn/engine/engine-names.js';
import { carriedOfName } from '../../rnn/program/carried-state.js';
import type { GradientError } from '../../rnn/gradient-check/gradient-check.js';
import type { ModelFile } from '../../rnn/graph/model-file.js';
import type { StoredVocabulary } from '../../text/corpus/vocabulary.js';
import { jsonOption, realNumber, verifyOption } from '../options/options.js';
import { counted, note, print, printJson, told } from '../terminal/output.js';
import { givenModel } from './given-model.js';

interface JsonOption {
  readonly json: boolean;
}

/** What a gradient may differ from finite differences by, where nothing else is asked for: in float64, and in float32. */
const [gradientLimit, float32Limit] = [1e-7, 1e-5];

/** Adds the commands about models of any kind: inspect, gradcheck. */
export function register(program: Command): void {
  program
    .command('inspect')
    .description('What is in a model file: layers, weights, settings.')
    .argument('<model>', 'a .safetensors file that seqkit wrote: a model, a checkpoint, or word vectors')
    .addOption(verifyOption('it'))
    .addOption(jsonOption())
    .action(inspect);
  program
    .command('gradcheck')
    .description(
      'Compare gradients with two-sided finite differences in float64, L2 included: of one layer, of the layers of a model (cut down to a few units, or a few numbers of each array), or of every layer, activation and loss. Dropout is off but where it is what is checked, with the same numbers dropped throughout.',
    )
    .argument('[layer-or-model]', 'such as LSTM, or text.safetensors; all layers where it is left out')
    .option(
      '--tolerance <error>',
      `the relative error that is too large: it ends with status 1 (default: ${gradientLimit}, in float32 ${float32Limit})`,
      realNumber({ above: 0, max: 1 }),
    )
    .addOption(
      new Option('--engine <name>', 'whose gradients, in its own precision')
        .choices(['reference', 'wasm', 'gpu', 'gpu:webgpu', 'gpu:webgl2', 'gpu:webasm', 'gpu:cpu'])
        .default('reference'),
    )
    .addOption(verifyOption())
    .addOption(jsonOption())
    .action(gradcheck);
}

interface InspectOptions extends JsonOption {
  readonly verify: boolean;
}

async function inspect(path: string, { verify, json }: InspectOptions): Promise<void> {
  const { readModelBytes } = await import('../../base/host/model-bytes.js');
  const given = await givenModel(path, 'any model');
  const bytes = typeof given === 'string' ? readModelBytes(given, 'a model') : given;
  const { kind, layers, features, seed, settings, weights, digest, notes } = await contentsOf(
    bytes,
    path,
    verify,
  );
  for (const line of notes) note(line);
  // A music model's file is a text model's that keeps what tunes it has seen; so is a tune model's.
  const music = (settings['music'] ?? settings['tunes']) as { tunes: number } | undefined;
  const composer = settings['music'] === undefined ? 'TuneModel' : 'MusicModel';
  const reads = music === undefined && kind === 'TextModel' ? await tokensOf(settings) : undefined;
  const arrays = [...weights].map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
  const numbers = arrays.reduce((total, { shape }) => total + size(shape), 0);
  if (json) {
    const holds = music === undefined ? {} : { tunes: music.tunes };
    printJson({
      file: path,
      kind,
      ...holds,
      ...(reads && { tokens: reads.tokens }),
      bytes: bytes.length,
      digest,
      features,
      seed,
      numbers,
      layers,
      arrays,
      settings,
    });
    return;
  }
  const what =
    music === undefined ? kind : `${composer} of ${counted(music.tunes, 'tune')}, a ${kind} in its file`;
  const sizes = `${counted(numbers, 'number')}, ${counted(bytes.length, 'byte')}`;
  print(`${path}: ${what}, ${sizes}${seed === undefined ? '' : `, seed ${seed}`}`);
  print(`digest: ${DIGESTS[digest]}`);
  if (reads) print(`reads: ${reads.said}`);
  if (layers !== undefined) {
    print('\nlayers');
    for (const { kind: layer, options } of layers) print(`  ${layer}  ${shorten(JSON.stringify(options))}`);
  }
  print(layers === undefined ? '\narrays' : '\nweights');
  const width = Math.max(0, ...arrays.map(({ name }) => name.length));
  for (const { name, dtype, shape } of arrays) {
    print(`  ${name.padEnd(width)}  ${dtype}  (${shape.join(', ')})`);
  }
  print('\nsettings');
  for (const [name, value] of Object.entries(settings)) print(`  ${name}  ${shorten(JSON.stringify(value))}`);
}

/** What a text model reads; undefined where its settings do not say. */
async function tokensOf(
  settings: Readonly<Record<string, unknown>>,
): Promise<{ tokens: string; said: string } | undefined> {
  const { Vocabulary } = await import('../../text/corpus/vocabulary.js');
  let vocabulary;
  try {
    vocabulary = Vocabulary.from(settings['vocabulary'] as StoredVocabulary);
  } catch {
    return undefined;
  }
  const { tokens, characters, pieces } = vocabulary;
  const singles = counted(characters.length, 'character');
  if (tokens === 'characters') return { tokens, said: singles };
  if (tokens === 'bytes') return { tokens, said: '256 bytes' };
  return {
    tokens,
    said: `${counted(pieces.length, tokens === 'words' ? 'word' : 'byte pair')} and ${singles}`,
  };
}

/** What is said of a digest. */
const DIGESTS: Readonly<Record<DigestState, string>> = {
  verified: 'verified, the contents are those that were saved',
  unverified: 'there, not checked',
  none: 'none, so that damage cannot be told',
};

type Contents = Pick<ModelFile, 'kind' | 'settings' | 'weights' | 'digest' | 'notes'> &
  Partial<Pick<ModelFile, 'layers' | 'features' | 'seed'>>;

/** What a file of seqkit's holds: of word vectors, finished or in training, the arrays and what is said of them. */
async function contentsOf(bytes: Uint8Array, path: string, verify: boolean): Promise<Contents> {
  const { decodeSafetensors } = await import('../../base/encoding/safetensors.js');
  const { decodeModel } = await import('../../rnn/graph/model-file.js');
  const { TASK_FORMAT } = await import('../../tasks/file/task-file.js');
  const { metadata } = decodeSafetensors(bytes, path, { verify: false });
  if (metadata['format'] === TASK_FORMAT) return taskContents(bytes, path, verify);
  const { format = '', kind: named } = metadata;
  // An embedding is arrays that nothing describes.
  const kind =
    VECTORS[format] ?? (format === 'seqkit' && metadata['model'] === undefined ? named : undefined);
  if (!kind) return decodeModel(bytes, path, { verify });
  const { tensors, digest } = decodeSafetensors(bytes, path, { verify });
  return { kind, settings: metadata, weights: tensors, digest, notes: [] };
}

/** What the model of a task holds: the layers are those of its networks, one after the other. */
async function taskContents(bytes: Uint8Array, path: string, verify: boolean): Promise<Contents> {
  const { decodeTask } = await import('../../tasks/file/task-file.js');
  const { decodeSafetensors } = await import('../../base/encoding/safetensors.js');
  const { decodeModel } = await import('../../rnn/graph/model-file.js');
  const { kind, settings, parts, digest, notes } = decodeTask(bytes, path, { verify });
  const { tensors: weights } = decodeSafetensors(bytes, path, { verify: false });
  const networks = [...parts].flatMap(([name, part]) => {
    const isNetwork = decodeSafetensors(part, path).metadata['format'] === 'seqkit';
    return isNetwork ? [decodeModel(part, `${path}, ${name}`)] : [];
  });
  const layers = networks.flatMap((network) => network.layers);
  return { kind, settings, weights, digest, notes, ...(layers.length > 0 && { layers }) };
}

/** The files of word vectors, by their formats. */
const VECTORS: Readonly<Record<string, string>> = {
  'seqkit-vectors': 'KeyedVectors',
  'seqkit-embedding-training': 'word vectors in training',
};

/** What fits a line of a wide terminal. */
function shorten(text: string): string {
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}

interface GradcheckOptions extends JsonOption {
  readonly tolerance?: number;
  readonly engine: EngineChoice;
  readonly verify: boolean;
}

async function gradcheck(
  asked: string | undefined,
  {
    json,
    engine,
    verify,
    tolerance = engine === 'reference' ? gradientLimit : float32Limit,
  }: GradcheckOptions,
): Promise<void> {
  const { layerCases, modelCase } = await import('../../rnn/gradient-check/gradient-cases.js');
  const { gradientCheck, gradientCheckOn } = await import('../../rnn/gradient-check/gradient-check.js');
  const { lossTerms } = await import('../../rnn/losses/loss-choice.js');
  const ofFile = asked !== undefined && existsSync(asked);
  const cases = ofFile ? [await modelCase(await modelFile(asked, verify), asked)] : await layerCases(asked);
  const results: { title: string; loss: string; errors: GradientError[] }[] = [];
  for (const { title, layers, dropout = false, ...data } of cases) {
    // A saved model's weights are where training left them.
    const options = { ...data, dropout, ...(!ofFile && { weightNoise: 0.1 }) };
    const errors =
      engine === 'reference'
        ? gradientCheck(layers, options)
        : await gradientCheckOn(engine, layers, options);
    results.push({
      title,
      loss: lossTerms(data.loss)
        .map(({ loss }) => loss.name)
        .join(', '),
      errors: errors.map((error) => ({ ...error, name: readable(error.name) })),
    });
  }
  if (json) printJson({ engine, limit: tolerance, results });
  else for (const { title, loss, errors } of results) printTable(`${title}, ${loss}`, errors);
  const wrong = results.flatMap(({ title, errors }) =>
    errors.filter(({ relativeError }) => !(relativeError < tolerance)).map(({ name }) => `${title}: ${name}`),
  );
  if (wrong.length > 0) {
    throw new SeqkitError(`Gradients differ by ${tolerance} or more: ${wrong.join('; ')}.`, {
      code: 'engine',
    });
  }
  if (json) return;
  const dropped = cases.some(({ dropout }) => dropout)
    ? 'with dropout where it is checked'
    : 'without dropout';
  print(`All relative errors of ${engine} are below ${tolerance}, two-sided, with L2 and ${dropped}.`);
}

async function modelFile(path: string, verify: boolean) {
  const { decodeModel } = await import('../../rnn/graph/model-file.js');
  const { readModelBytes } = await import('../../base/host/model-bytes.js');
  return told(decodeModel(readModelBytes(path, 'a model'), path, { verify }));
}

/** A state's name without what tells the programs apart that carry it. */
function readable(name: string): string {
  const carried = carriedOfName(name);
  if (carried) return `${carried.layer}/${carried.state} at the start`;
  return name === 'x' ? 'x, the input' : name;
}

function printTable(title: string, errors: readonly GradientError[]): void {
  const width = Math.max(...errors.map(({ name }) => name.length), 26);
  print(title);
  for (const { name, size, relativeError } of errors) {
    print(`  ${name.padEnd(width)}  ${String(size).padStart(6)}  ${relativeError.toExponential(1)}`);
  }
  print('');
}
