import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { repositoryFile } from '../support/clip-files.js';

const NETWORK = ['net', 'http', 'https', 'http2', 'tls', 'dgram', 'dns', 'inspector'];
const isNetwork = (specifier: string) => NETWORK.includes(specifier.replace(/^node:/, '').split('/')[0]);
/** What reaches the network without an import. */
const GLOBALS = /\b(fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|WebTransport)\s*\(/;

/** What `serve` and `studio` need: they answer who asks, and ask nobody. Types, and whether a text is an address. */
const SERVING: Readonly<Record<string, string>> = {
  'src/cli/server/http-server.ts':
    "import type { Server } from 'node:http';\nimport type { AddressInfo } from 'node:net';",
  'src/cli/server/serve.ts': "import { isIP } from 'node:net';",
  'src/cli/studio/studio.ts': "import { createServer, type Server } from 'node:http';",
  'src/cli/studio/studio-handler.ts': "import type { IncomingMessage, ServerResponse } from 'node:http';",
  'src/server/handler.ts': 'app.fetch(request, { client })',
};

/** All files of ours that the given ones lead to, lazy imports among them. */
function reachable(entries: string[]): string[] {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file) || !existsSync(file)) return;
    seen.add(file);
    for (const { fileName } of ts.preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles) {
      if (fileName.startsWith('.')) visit(path.join(path.dirname(file), fileName.replace(/\.js$/, '.ts')));
    }
  };
  for (const entry of entries) visit(entry);
  return [...seen];
}

describe('nothing leaves the machine', () => {
  const commands = [
    ...['train-trigger', 'detect', 'trigger-figures', 'listen'].map((name) => `src/cli/trigger/${name}.ts`),
    ...['clips', 'new-clips'].map((name) => `src/cli/clips/${name}.ts`),
  ].map(repositoryFile);
  const files = reachable([
    repositoryFile('src/audio/index.ts'),
    repositoryFile('src/cli/command-line.ts'),
    ...commands,
  ]);

  it('follows the imports of the audio path', () => {
    for (const command of commands) expect(files).toContain(command);
    for (const file of [
      'src/audio/signal/wav.ts',
      'src/base/host/files.ts',
      'src/cli/clips/sound-file.ts',
      'src/cli/clips/microphone.ts',
    ]) {
      expect(files).toContain(repositoryFile(file));
    }
  });

  it.each(files.map((file) => [path.relative(repositoryFile('.'), file), file]))(
    '%s names no network',
    (name, file) => {
      const whole = readFileSync(file, 'utf8');
      const serving = SERVING[name.replaceAll('\\', '/')] ?? '';
      expect(whole).toContain(serving);
      const source = whole.replace(serving, '');
      const imported = ts.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => fileName);
      expect(imported.filter(isNetwork)).toEqual([]);
      // What is loaded from a URL that the caller gives is asked for there, with nothing sent along.
      const asked = file === repositoryFile('src/base/host/fetch-file.ts') ? 'await fetch(address);' : '';
      expect(source.replace(asked, '')).not.toMatch(GLOBALS);
    },
  );

  it('nor do the packages that read and hear sound', () => {
    for (const name of ['wavefile/dist/wavefile.js', 'fft.js/lib/fft.js', 'meyda/dist/node']) {
      const place = repositoryFile(`node_modules/${name}`);
      const sources = name.endsWith('.js')
        ? [place]
        : readdirSync(place, { recursive: true, encoding: 'utf8' })
            .filter((file) => file.endsWith('.js'))
            .map((file) => path.join(place, file));
      expect(sources.length).toBeGreaterThan(0);
      for (const source of sources) {
        const text = readFileSync(source, 'utf8');
        expect(text).not.toMatch(GLOBALS);
        expect(
          [...text.matchAll(/require\(["']([^"']+)["']\)/g)].map(([, id]) => id).filter(isNetwork),
        ).toEqual([]);
      }
    }
  });

  const dist = repositoryFile('dist/audio/index.js');
  it.skipIf(!existsSync(dist))(
    'trains and listens without one socket (skipped without dist: npm run build)',
    () => {
      // Every way out of Node is made to throw, then a model is trained, saved, loaded and asked.
      const script = `
      import dns from 'node:dns'; import net from 'node:net'; import dgram from 'node:dgram';
      import { readdirSync, readFileSync } from 'node:fs';
      let calls = 0;
      const barred = () => { calls++; throw new Error('the network'); };
      net.Socket.prototype.connect = barred; dgram.createSocket = barred; dns.lookup = barred;
      globalThis.fetch = barred;
      try { net.connect(1); } catch {}
      if (calls !== 1) throw new Error('the bar does not hold');
      const { TriggerModel, readClips, decodeWav } = await import(${JSON.stringify(dist)});
      const root = ${JSON.stringify(repositoryFile('data'))};
      const files = ['activates', 'negatives', 'backgrounds'].flatMap((kind) =>
        readdirSync(root + '/clips/' + kind).slice(0, 3).map((name) => ({
          path: kind + '/' + name, bytes: readFileSync(root + '/clips/' + kind + '/' + name) })));
      const model = new TriggerModel({ seed: 1 });
      await model.fit(readClips(files, 16000), { examples: 8, epochs: 1 });
      const again = await TriggerModel.load(model.toBytes());
      await again.detect(decodeWav(readFileSync(root + '/demo/recording.wav'), 'recording.wav'));
      console.log('calls', calls);`;
      const args = ['--input-type=module', '-e', script];
      expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe('calls 1\n');
    },
  );
});
