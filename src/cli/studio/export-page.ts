import { basename, extname, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { SeqkitError } from '../../base/errors.js';
import { packageFile } from '../../base/host/package-file.js';
import type { PagePrecision } from '../../exchange/index.js';
import type { ServableModel } from '../../server/index.js';
import { forceOption, jsonOption } from '../options/options.js';
import { counted, note, print, printJson, told } from '../terminal/output.js';
import { givenModel } from '../models/given-model.js';

interface PageOptions {
  readonly out?: string;
  readonly title?: string;
  readonly precision: PagePrecision;
  readonly force: boolean;
  readonly json: boolean;
}

/** What a page of a model is for, and what it is called unless one says otherwise. */
interface PageKind {
  readonly name: 'listen' | 'generate' | 'compose' | 'classify' | 'chat';
  readonly title: string;
}

/** What one can type into the page of a classifier. */
const TYPED: ReadonlySet<string> = new Set(['words', 'characters', 'bytes']);

/** Adds the command export-page. */
export function register(program: Command): void {
  program
    .command('export-page')
    .description(
      'Write a page with a model in it, as one HTML file that works offline: listen for a word, write text, compose tunes, classify, chat.',
    )
    .argument('<model>', 'a detector, a text or music model, a classifier of texts, or a chatbot')
    .option('--out <file>', 'where the page goes; the name of the model with .html without it')
    .option('--title <text>', 'what the page is called')
    .addOption(
      new Option('--precision <type>', 'of the weights; float32 is the very model, and twice as large')
        .choices(['float32', 'float16', 'bfloat16'])
        .default('float16'),
    )
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(exportPage);
}

async function exportPage(
  path: string,
  { precision, title, force, json, ...options }: PageOptions,
): Promise<void> {
  const out = options.out ?? `${basename(path, extname(path))}.html`;
  if (resolve(out) === resolve(path)) {
    throw new SeqkitError('--out names the model itself.', { code: 'usage', hint: 'Give another name.' });
  }
  const { checkWritable, readFileBytes, writeFileAtomic } = await import('../../base/host/files.js');
  checkWritable(out, { force });
  const given = await givenModel(path, 'any model');
  const bytes = typeof given === 'string' ? readFileBytes(given, 'a model') : given;
  const { page, kind } = await pageOf(bytes, path, {
    precision,
    ...(title !== undefined && { title }),
  });
  await writeFileAtomic(out, page, { force });
  const size = Buffer.byteLength(page);
  if (json) printJson({ file: out, page: kind, bytes: size });
  else print(`${out}: a page to ${kind}, ${counted(size, 'byte')}`);
  note(OFFLINE);
}

/** What is said of each page. */
export const OFFLINE =
  'It works offline, from a file or from any web server, and asks no other place for anything.';

/**
 * The page of a model, and what it is for.
 * @param path what errors call the model
 * @throws SeqkitError `usage` for models that have no page
 */
export async function pageOf(
  bytes: Uint8Array,
  path: string,
  { title, precision }: { title?: string; precision: PagePrecision },
): Promise<{ page: string; kind: PageKind['name'] }> {
  const { openModel } = await import('../../server/index.js');
  const model = told(await openModel(bytes, { engine: 'reference' }));
  let kind: PageKind;
  try {
    kind = await pageKind(model, path);
  } finally {
    if ('dispose' in model) await model.dispose();
  }
  const { modelPage } = await import('../../exchange/index.js');
  const { readFileBytes } = await import('../../base/host/files.js');
  const { decodeTextFile } = await import('../../base/encoding/text-file.js');
  const file = packageFile(`dist/studio/pages/${kind.name}.html`);
  const template = decodeTextFile(readFileBytes(file, 'the page of the studio'), file);
  return {
    page: await modelPage(template, bytes, { title: title ?? kind.title, precision }),
    kind: kind.name,
  };
}

/** @throws SeqkitError `usage` for models that have no page */
async function pageKind(model: ServableModel, path: string): Promise<PageKind> {
  const { TriggerModel } = await import('../../audio/trigger-model.js');
  const { TextModel } = await import('../../text/model/text-model.js');
  const { MusicModel, TuneModel } = await import('../../text/index.js');
  const { Chatbot, SequenceClassifier } = await import('../../tasks/index.js');
  if (model instanceof TriggerModel) {
    if (model.settings.features.kind !== 'embedding')
      return { name: 'listen', title: model.words.join(', ') };
    throw unpaged(
      `${path} hears through a speech embedding, which takes more room than a page has.`,
      'Train the word by train-trigger --features log-mel, or put the model into a page of your own: docs/in-a-page.md.',
    );
  }
  if (model instanceof TextModel) return { name: 'generate', title: 'A text model' };
  if (model instanceof MusicModel || model instanceof TuneModel) return { name: 'compose', title: 'Tunes' };
  if (model instanceof SequenceClassifier) {
    if (TYPED.has(model.input)) return { name: 'classify', title: 'Classifier' };
    throw unpaged(
      `${path} tells classes of ${model.input}.`,
      'The page of a classifier is for texts that are typed.',
    );
  }
  if (model instanceof Chatbot) return { name: 'chat', title: 'Chatbot' };
  throw unpaged(
    `There is no page for a ${model.constructor.name}.`,
    'Pages are for detectors, text and music models, classifiers of texts and chatbots.',
  );
}

const unpaged = (message: string, hint: string): SeqkitError =>
  new SeqkitError(message, { code: 'usage', hint });
