import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutations } from './support/gradient-mutations.js';

const top = path.resolve(import.meta.dirname, '..');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'seqkit-mutations-'));
  cpSync(path.join(top, 'dist'), path.join(folder, 'dist'), { recursive: true });
  cpSync(path.join(top, 'package.json'), path.join(folder, 'package.json'));
  symlinkSync(path.join(top, 'node_modules'), path.join(folder, 'node_modules'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the command compares, up to the first gradient that is wrong: `seqkit gradcheck` goes on to the last. */
function gradcheck(layer: string) {
  const program = path.join(top, 'test/support/gradcheck-until-wrong.mjs');
  return spawnSync(process.execPath, [program, path.join(folder, 'dist'), layer], { encoding: 'utf8' });
}

describe('the gradient check finds an error planted in', () => {
  it.each(mutations.map((mutation) => [`${mutation.file}: ${mutation.from}`, mutation] as const))(
    '%s',
    (_, { file, from, to, layer }) => {
      const target = path.join(folder, 'dist/rnn', `${file}.js`);
      const source = readFileSync(target, 'utf8');
      expect(source.split(from), 'the piece stands once').toHaveLength(2);
      writeFileSync(
        target,
        source.replace(from, () => to),
      );
      try {
        const { status, stderr } = gradcheck(layer);
        // Some come to matrices that fit no more, which is seen before a gradient is.
        expect(stderr).toMatch(/Gradients differ by 1e-7 or more|got matrices that do not fit/);
        expect(status).toBe(1);
      } finally {
        writeFileSync(target, source);
      }
    },
  );

  it('and none where none is, by the command too, which ends with status 1 where one is', () => {
    // The quick tests check every layer.
    for (const layer of ['Activation', 'Bidirectional', 'Dot', 'TiedEmbedding']) {
      expect(gradcheck(layer)).toMatchObject({ status: 0 });
    }
    const command = [path.join(folder, 'dist/cli/main.js'), 'gradcheck', 'l2'];
    expect(spawnSync(process.execPath, command)).toMatchObject({ status: 0 });
    expect(spawnSync(process.execPath, [...command, '--tolerance', '1e-15'])).toMatchObject({ status: 1 });
  });
});
