import { createRequire } from 'node:module';
import { basename, extname, join } from 'node:path';
import { Option, type Command } from 'commander';
import { SeqkitError } from '../../base/errors.js';
import type {
  ModelModule,
  ModulePrecision,
  OnnxDifference,
  OnnxExport,
  OnnxRuntime,
  TfjsRuntime,
  WakeWordModel,
} from '../../exchange/index.js';
import { forceOption, jsonOption, realOption } from '../options/options.js';
import { note, print, printJson } from '../terminal/output.js';
import { exportVectors } from './export-vectors.js';
import { givenModel } from '../models/given-model.js';

/** What models are exported to, and what vectors are. */
const MODEL_FORMATS = ['onnx', 'pytorch', 'tfjs', 'openwakeword', 'tflite', 'js', 'html'] as const;
const VECTOR_STORES = ['pgvector', 'qdrant'] as const;

interface ExportOptions {
  readonly to: (typeof MODEL_FORMATS)[number] | (typeof VECTOR_STORES)[number];
  readonly out: string;
  readonly step: boolean;
  readonly int8: boolean;
  readonly withFeatures: boolean;
  readonly halfvec: boolean;
  readonly table?: string;
  readonly threshold?: number;
  readonly precision?: ModulePrecision;
  readonly force: boolean;
  readonly json: boolean;
}

/** Packages that run ONNX files, the faster one first. */
const RUNTIMES = ['onnxruntime-node', 'onnxruntime-web'] as const;

/** Packages that run models of TensorFlow.js. */
const TFJS_RUNTIMES = ['@tensorflow/tfjs', '@tensorflow/tfjs-node'] as const;

/** Adds the command that writes models for other libraries: export. */
export function registerExport(program: Command): void {
  program
    .command('export')
    .description(
      'Write a model for other libraries: ONNX, PyTorch with a program that runs it, TensorFlow.js (tfjs), a wake word for openWakeWord and Home Assistant (tflite), a JavaScript module that needs nothing else (js), or a page (html, as export-page writes it); or word vectors for a database: pgvector, Qdrant.',
    )
    .argument('<model>', 'a .safetensors file that seqkit wrote; for a database, any file of vectors')
    .addOption(
      new Option('--to <format>', 'for what').choices([...MODEL_FORMATS, ...VECTOR_STORES]).default('onnx'),
    )
    .option('--out <folder>', 'where the files go', 'exported')
    .option(
      '--step',
      'onnx, tfjs: takes one time step after the other; in ONNX states are inputs and outputs, in TensorFlow.js layers remember them',
      false,
    )
    .option('--int8', 'ONNX with weights in 8 bits: a quarter of the size', false)
    .option(
      '--with-features',
      'ONNX of a detector with its features inside: it takes samples of sound and gives scores from 0 to 1',
      false,
    )
    .option('--halfvec', 'pgvector with numbers in 16 bits: half the size', false)
    .addOption(
      realOption(
        '--threshold <p>',
        'openwakeword, tflite: the score that stands for the threshold of each word, such as 0.5 for Home Assistant (default: that threshold)',
        { above: 0, below: 1 },
      ),
    )
    .addOption(
      new Option(
        '--precision <type>',
        'js: of the weights; float16 takes half the room, int8 a quarter (default: float32)',
      ).choices(['float32', 'float16', 'int8']),
    )
    .option('--table <name>', 'pgvector: the table that is made; words without it')
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(exportModel);
}

async function exportModel(path: string, options: ExportOptions): Promise<void> {
  const { to, out, step, int8, withFeatures, halfvec, table, threshold, precision, force, json } = options;
  refuseFor(to, ['onnx', 'tfjs'], { '--step': step });
  refuseFor(to, ['onnx'], { '--int8': int8, '--with-features': withFeatures });
  refuseFor(to, ['pgvector'], { '--halfvec': halfvec, '--table': table !== undefined });
  refuseFor(to, ['js'], { '--precision': precision !== undefined });
  refuseFor(to, ['openwakeword', 'tflite'], { '--threshold': threshold !== undefined });
  if (to === 'pgvector' || to === 'qdrant') {
    await exportVectors(path, options);
    return;
  }
  const { readFileBytes } = await import('../../base/host/files.js');
  const given = await givenModel(path, 'any model');
  const bytes = typeof given === 'string' ? readFileBytes(given, 'a model') : given;
  const name = basename(path, extname(path));
  const { files, checked } = await WRITERS[to](bytes, name, options);
  await writeAll(out, files, force);
  const sizes = Object.entries(files).map(([file, contents]) => ({
    file: join(out, file),
    bytes: Buffer.byteLength(contents),
  }));
  if (json) {
    printJson({ files: sizes, ...checked });
    return;
  }
  for (const { file, bytes: size } of sizes) print(`${file}  ${size} bytes`);
  print(checked.said);
}

/** @throws SeqkitError `usage` for options of other formats */
function refuseFor(to: string, formats: readonly string[], given: Readonly<Record<string, boolean>>): void {
  const [name] = Object.keys(given).filter((each) => given[each]);
  if (formats.includes(to) || name === undefined) return;
  const wanted = `--to ${formats.join(' or ')}`;
  throw new SeqkitError(`${name} is for ${wanted} alone.`, {
    code: 'usage',
    hint: `Leave it out, or give ${wanted}.`,
  });
}

type Files = Readonly<Record<string, Uint8Array | string>>;

/** What is told of a file that was run, or why it was not. */
interface Checked {
  readonly said: string;
  readonly runtime?: string;
  readonly largestDifference?: number;
}

type Written = Promise<{ files: Files; checked: Checked }>;

/** What writes the files of each format. */
const WRITERS: Readonly<
  Record<(typeof MODEL_FORMATS)[number], (bytes: Uint8Array, name: string, options: ExportOptions) => Written>
> = {
  onnx: onnxFiles,
  pytorch: torchFiles,
  tfjs: tfjsFiles,
  js: moduleFile,
  html: pageFile,
  openwakeword: wakeWordFiles,
  tflite: wakeWordFiles,
};

async function pageFile(bytes: Uint8Array, name: string): Written {
  const { OFFLINE, pageOf } = await import('../studio/export-page.js');
  const { page } = await pageOf(bytes, name, { precision: 'float16' });
  return { files: { [`${name}.html`]: page }, checked: { said: OFFLINE } };
}

async function onnxFiles(
  bytes: Uint8Array,
  name: string,
  { step, int8, withFeatures }: ExportOptions,
): Written {
  const { toOnnx, samplingScripts } = await import('../../exchange/index.js');
  const exported = await toOnnx(bytes, { step, int8, withFeatures });
  const { description } = exported;
  // The scripts read a text character by character.
  const { pieces } = (description.settings['vocabulary'] ?? {}) as { pieces?: unknown };
  const isText = step && description.kind === 'TextModel';
  const scripts = isText && pieces === undefined ? samplingScripts(name) : undefined;
  if (isText && !scripts) {
    note(
      `No sample.mjs and no sample.py: they read characters, and this model reads ${pieceName(pieces)}. ${name}.json holds them under settings.vocabulary; seqkit generate and export-page write with this model.`,
    );
  }
  return {
    files: {
      [`${name}.onnx`]: exported.bytes,
      [`${name}.json`]: `${JSON.stringify(description, undefined, 2)}\n`,
      ...(scripts && { 'sample.mjs': scripts.javaScript, 'sample.py': scripts.python }),
    },
    checked: await checkedByRuntime(bytes, exported),
  };
}

function pieceName(pieces: unknown): string {
  return (pieces as { kind?: unknown }).kind === 'bpe' ? 'byte pairs' : 'words';
}

async function checkedByRuntime(bytes: Uint8Array, exported: OnnxExport): Promise<Checked> {
  const { checkOnnx } = await import('../../exchange/index.js');
  return runChecked((runtime) => checkOnnx(runtime, bytes, exported));
}

async function checkedWakeWords(bytes: Uint8Array, models: readonly WakeWordModel[]): Promise<Checked> {
  const { checkOpenWakeWord } = await import('../../exchange/index.js');
  return runChecked((runtime) => checkOpenWakeWord(runtime, bytes, models));
}

async function runChecked(check: (runtime: OnnxRuntime) => Promise<OnnxDifference>): Promise<Checked> {
  const isRuntime = (found: Partial<OnnxRuntime>): boolean => found.InferenceSession !== undefined;
  return runBy(RUNTIMES, isRuntime, check);
}

/** Runs a check by the first of some packages that is installed. */
async function runBy<Runtime extends object>(
  names: readonly string[],
  isRuntime: (found: Partial<Runtime>) => boolean,
  check: (runtime: Runtime) => Promise<OnnxDifference>,
): Promise<Checked> {
  const found = await installedRuntime(names, isRuntime);
  if (!found) {
    return {
      said: `Not run: neither ${names.join(' nor ')} is installed here. npm install ${names[0]} to check such files.`,
    };
  }
  const difference = await check(found.runtime);
  return { ...differenceSaid(`Run by ${found.name}`, difference), runtime: found.name };
}

function differenceSaid(run: string, { largest, magnitude, numbers }: OnnxDifference): Checked {
  const said = `${run} on a sample: largest difference ${largest.toExponential(1)} in ${numbers} numbers of up to ${magnitude.toPrecision(3)}.`;
  return { said, largestDifference: largest };
}

async function moduleFile(bytes: Uint8Array, name: string, { precision }: ExportOptions): Written {
  const { checkModule, toModule } = await import('../../exchange/index.js');
  const source = await toModule(bytes, { name, ...(precision && { precision }) });
  const url = `data:text/javascript;base64,${Buffer.from(source).toString('base64')}`;
  const { default: made } = (await import(/* @vite-ignore */ url)) as { default: ModelModule };
  return {
    files: { [`${name}.js`]: source },
    checked: differenceSaid('Run', await checkModule(made, bytes)),
  };
}

/** From the folder that the command is run in, else from where seqkit is. */
async function installedRuntime<Runtime extends object>(
  names: readonly string[],
  isRuntime: (found: Partial<Runtime>) => boolean,
): Promise<{ name: string; runtime: Runtime } | undefined> {
  for (const name of names) {
    for (const place of [join(process.cwd(), 'any.js'), import.meta.url]) {
      try {
        const found = (await import(createRequire(place).resolve(name))) as { default?: Runtime } & Runtime;
        return { name, runtime: found.default && isRuntime(found.default) ? found.default : found };
      } catch {
        // It is not installed there.
      }
    }
  }
  return undefined;
}

/** `model.json` and its weights as TensorFlow.js has them, with a description that is called as the model is. */
async function tfjsFiles(bytes: Uint8Array, name: string, { step }: ExportOptions): Written {
  const { checkTfjs, toTfjs } = await import('../../exchange/index.js');
  const exported = await toTfjs(bytes, { step });
  const description = name === 'model' ? 'model.description.json' : `${name}.json`;
  const isRuntime = (found: Partial<TfjsRuntime>): boolean => found.loadLayersModel !== undefined;
  return {
    files: {
      ...exported.files,
      [description]: `${JSON.stringify(exported.description, undefined, 2)}\n`,
    },
    checked: await runBy<TfjsRuntime>(TFJS_RUNTIMES, isRuntime, (runtime) =>
      checkTfjs(runtime, bytes, exported),
    ),
  };
}

async function torchFiles(bytes: Uint8Array): Written {
  const { toPyTorch } = await import('../../exchange/index.js');
  return {
    files: await toPyTorch(bytes),
    checked: { said: 'python model.py holds it against numbers of this model.' },
  };
}

/** Of each word a file for Home Assistant with its JSON, and with openWakeWord one for Python. */
async function wakeWordFiles(bytes: Uint8Array, _: string, { to, threshold }: ExportOptions): Written {
  const { toOpenWakeWord } = await import('../../exchange/index.js');
  const models = await toOpenWakeWord(bytes, threshold === undefined ? {} : { threshold });
  const files = models.flatMap(({ stem, bytes: onnx, tflite, manifest }): [string, Uint8Array | string][] => [
    ...(to === 'openwakeword' ? [[`${stem}.onnx`, onnx] as [string, Uint8Array]] : []),
    [`${stem}.tflite`, tflite],
    [`${stem}.json`, `${JSON.stringify(manifest, undefined, 2)}\n`],
  ]);
  const thresholds = models.map(({ word, threshold: score }) => `${word} from ${score} on`);
  const counts = `Scores that count: ${thresholds.join(', ')}.`;
  const checked = to === 'openwakeword' ? await checkedWakeWords(bytes, models) : undefined;
  return {
    files: Object.fromEntries(files),
    checked: { ...checked, said: [counts, ...(checked ? [checked.said] : [])].join('\n') },
  };
}

async function writeAll(out: string, files: Files, force: boolean): Promise<void> {
  const { makeFolder } = await import('../../base/host/folders.js');
  const { checkWritable, writeFileAtomic } = await import('../../base/host/files.js');
  makeFolder(out);
  for (const file of Object.keys(files)) checkWritable(join(out, file), { force });
  for (const [file, contents] of Object.entries(files))
    await writeFileAtomic(join(out, file), contents, { force });
}
