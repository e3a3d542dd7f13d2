import { isIP } from 'node:net';
import { basename } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { EngineChoice } from '../../rnn/engine/engine-names.js';
import { pageOrigin } from '../../server/handler-options.js';
import { engineOption, jsonOption, realOption, verifyOption, wholeOption } from '../options/options.js';
import { note, print, printJson, told } from '../terminal/output.js';
import { stoppable } from '../terminal/stop-signal.js';
import { givenModel } from '../models/given-model.js';

interface ServeOptions {
  readonly port: number;
  readonly host: string;
  readonly maxBody: number;
  readonly rate: number;
  readonly cors: readonly string[];
  readonly engine: EngineChoice;
  readonly verify: boolean;
  readonly json: boolean;
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** Adds the command serve. */
export function register(program: Command): void {
  program
    .command('serve')
    .description(
      'Ask a model over HTTP: a classifier, a chatbot, a tagger, a Seq2Seq, a text or music model, word vectors or a detector. / shows how, /openapi.json describes it.',
    )
    .argument('[model]', 'a model file, or word vectors; without it, the vectors that come with seqkit')
    .addOption(
      wholeOption('--port <n>', 'where it listens; 0 for any that is free', { min: 0, max: 65_535 }).default(
        8_080,
      ),
    )
    .addOption(
      new Option('--host <address>', 'who may ask: this machine alone, or with 0.0.0.0 all of its network')
        .argParser(addressOf)
        .default('127.0.0.1'),
    )
    .addOption(
      realOption('--max-body <MB>', 'the largest body of a request', { above: 0, max: 10_000 }).default(10),
    )
    .addOption(
      wholeOption('--rate <n>', 'requests a minute of each client; 0 for any number', {
        min: 0,
        max: 1_000_000,
      }).default(600),
    )
    .addOption(
      new Option('--cors <origin>', 'lets pages of this origin ask; may be given several times, * for all')
        .argParser((origin: string, before: readonly string[]) => [...before, originOf(origin)])
        .default([] as string[], 'none'),
    )
    .addOption(engineOption())
    .addOption(verifyOption())
    .addOption(jsonOption())
    .action(serve);
}

async function serve(path: string | undefined, options: ServeOptions): Promise<void> {
  const { createHandler, openModel } = await import('../../server/index.js');
  const { KeyedVectors } = await import('../../embeddings/keyed-vectors/keyed-vectors.js');
  const { engine, verify, host, maxBody, rate, cors } = options;
  const model = told(
    path === undefined
      ? await KeyedVectors.default()
      : await openModel(await givenModel(path, 'any model', { vectors: true }), { engine, verify }),
  );
  const isLocal = isLoopback(host);
  const handler = createHandler(model, {
    title: path === undefined ? 'seqkit' : basename(path),
    maxBodyBytes: Math.ceil(maxBody * 2 ** 20),
    requestsPerMinute: rate === 0 ? Infinity : rate,
    // A page elsewhere may call this machine by a name of its own.
    ...(isLocal && { hosts: [...new Set([...LOOPBACK, host.toLowerCase()])] }),
    ...(cors.length > 0 && { cors: cors.includes('*') ? '*' : cors }),
    onError: (error) => note(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  });
  const { listen } = await import('./http-server.js');
  const server = await listen(handler, host, options.port);
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${server.port}`;
  if (options.json) printJson({ url, port: server.port, model: path ?? model.constructor.name });
  else print(`${url} serves ${path ?? 'the vectors that come with seqkit'}`);
  note(isLocal ? 'Ctrl-C stops it.' : 'Every machine that reaches this one may ask. Ctrl-C stops it.');
  try {
    await stoppable(
      (signal) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
      'Stopping when what was asked is answered.',
    );
    await server.stop();
  } finally {
    if ('dispose' in model) await model.dispose();
  }
}

function addressOf(text: string): string {
  if (text === 'localhost' || isIP(text) !== 0) return text;
  throw new InvalidArgumentError('Expected an address of this machine, such as 127.0.0.1, or localhost.');
}

function originOf(text: string): string {
  try {
    return pageOrigin.parse(text, '');
  } catch {
    throw new InvalidArgumentError(`Expected ${pageOrigin.expected}.`);
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
