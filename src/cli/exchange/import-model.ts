import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { SeqkitError } from '../../base/errors.js';
import { forceOption, jsonOption, realOption } from '../options/options.js';
import { counted, note, print, printJson } from '../terminal/output.js';
import { quoted } from '../terminal/shell-quoting.js';

interface ImportOptions {
  readonly out: string;
  readonly layers?: string;
  readonly checkpoint?: string;
  readonly optimizer?: string;
  readonly word?: string;
  readonly threshold?: number;
  readonly force: boolean;
  readonly json: boolean;
}

/** Adds the command that opens models of other libraries: import. */
export function registerImport(program: Command): void {
  program
    .command('import')
    .description(
      'Open a model of another library: a wake word of openWakeWord (.onnx, .tflite), which becomes a detector, other ONNX, Keras 1 to 3 (.h5, .keras), TensorFlow.js (model.json), a state_dict of PyTorch (safetensors, .pt), a network of brain.js (JSON), or a folder of ml5.',
    )
    .argument('<file>', 'what it is, its contents say')
    .option('--out <file>', 'where the model goes', 'model.safetensors')
    .option(
      '--layers <file>',
      'JSON of the layers that a state_dict is for: { "inputShape": [...], "layers": [...] }',
    )
    .option(
      '--checkpoint <file>',
      'of a training that went on by train.py: the checkpoint that it began from, which says the layers; what is written is a checkpoint to resume from',
    )
    .option(
      '--optimizer <file>',
      'with --checkpoint: what train.py kept of Adam (default: optimizer.safetensors beside the file)',
    )
    .option('--word <name>', 'of a wake word: what it is called (default: what the name of the file says)')
    .addOption(
      realOption('--threshold <p>', 'of a wake word: the score at which it fires (default: 0.5)', {
        above: 0,
        max: 1,
      }),
    )
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(importModel);
}

async function importModel(path: string, options: ImportOptions): Promise<void> {
  const { out, layers, checkpoint, optimizer, word, threshold, force, json } = options;
  if (optimizer !== undefined && checkpoint === undefined) {
    throw new SeqkitError('--optimizer goes with --checkpoint.', {
      code: 'usage',
      hint: 'Give --checkpoint too: the file that the training began from.',
    });
  }
  const others = Object.entries({ '--layers': layers, '--word': word, '--threshold': threshold });
  const other = others.find(([, value]) => value !== undefined);
  if (checkpoint !== undefined && other) {
    throw new SeqkitError(`${other[0]} does not go with --checkpoint, which says what the model is.`, {
      code: 'usage',
      hint: 'Leave out one of them.',
    });
  }
  if (word?.trim() === '') {
    throw new SeqkitError('--word takes a word or phrase, not nothing.', { code: 'usage' });
  }
  const { checkWritable } = await import('../../base/host/files.js');
  checkWritable(out, { force });
  if (resolve(path) === resolve(out)) {
    throw new SeqkitError('--out names the file that is read.', {
      code: 'usage',
      hint: 'Give another name.',
    });
  }
  if (checkpoint !== undefined) {
    await importTraining(path, checkpoint, options);
    return;
  }
  const { importedModel } = await import('../../exchange/index.js');
  const isWord = word !== undefined || threshold !== undefined;
  const { model, format } = await importedModel(
    path,
    layers === undefined ? undefined : await layersFile(layers),
    isWord
      ? { ...(word !== undefined && { word }), ...(threshold !== undefined && { threshold }) }
      : undefined,
  );
  for (const line of model.notes) note(line);
  await model.save(out, { force });
  if (format === 'openWakeWord' || format === 'detector as ONNX') {
    const { thresholds, notes } = model;
    await model.dispose();
    if (json) printJson({ file: out, format, thresholds, notes });
    else {
      const heard = Object.entries(thresholds).map(
        ([name, score]) => `${JSON.stringify(name)} from a score of ${score} on`,
      );
      print(`${out}: ${format}, hears ${heard.join(', ')}`);
      if (format === 'openWakeWord')
        note(`Set the score by recordings of your room: seqkit calibrate-trigger ${quoted(out)} <test>`);
    }
    return;
  }
  const parameters = model.countParameters();
  await model.dispose();
  if (json) printJson({ file: out, format, parameters, notes: model.notes });
  else print(`${out}: ${format}, ${parameters} numbers`);
}

/** A training that went on in PyTorch, as a checkpoint again. */
async function importTraining(
  path: string,
  checkpoint: string,
  { out, optimizer = join(dirname(path), 'optimizer.safetensors'), force, json }: ImportOptions,
): Promise<void> {
  const { checkpointFromPyTorch } = await import('../../exchange/index.js');
  const { decodeModel } = await import('../../rnn/graph/model-file.js');
  const { readDescription } = await import('../../rnn/training/checkpoint.js');
  const { writeFileAtomic } = await import('../../base/host/files.js');
  const bytes = await checkpointFromPyTorch(path, { checkpoint, optimizer });
  await writeFileAtomic(out, bytes, { force });
  const { step } = readDescription(decodeModel(bytes, out), out);
  if (json) printJson({ file: out, format: 'PyTorch', step });
  else print(`${out}: PyTorch, a checkpoint after ${counted(step, 'step')}`);
}

async function layersFile(path: string): Promise<unknown> {
  const { readFileBytes } = await import('../../base/host/files.js');
  const { decodeTextFile } = await import('../../base/encoding/text-file.js');
  const text = decodeTextFile(readFileBytes(path, 'the layers'), path);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new SeqkitError(`${path} is no JSON: ${(error as Error).message}.`, {
      code: 'bad-file',
      hint: 'Write { "inputShape": [20, 8], "layers": [{ "kind": "GRU", "options": { "units": 32 } }] }.',
    });
  }
}
