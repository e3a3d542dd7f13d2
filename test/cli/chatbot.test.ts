import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fencesOf } from '../support/readme-fences.js';
import { runCli } from '../support/run-cli.js';
import { withStdin } from '../support/with-stdin.js';

const folder = mkdtempSync(join(tmpdir(), 'seqkit-cli-chatbot-'));
const model = join(folder, 'bot.safetensors');
const path = (name: string, contents: string): string => {
  writeFileSync(join(folder, name), contents);
  return join(folder, name);
};
afterAll(() => rmSync(folder, { recursive: true }));

describe('train-chatbot and chat', () => {
  it('make a bot that answers line by line', async () => {
    const made = await runCli(['train-chatbot', 'examples/restaurant/intents.json', '--out', model]);
    expect(made.stdout).toMatch(
      /^bot {10}7 intents, 42 phrases, trained in [\d.]+ s\nheld out {5}\d+% of the phrases .*\nthreshold {4}0\.\d{3}: \d+% of them are answered, \d+% rightly\nout of scope \d+% of \d+ other messages refused, \d+% of 200 near misses refused\nwrote {8}.*\n$/,
    );
    expect(made.status).toBe(0);
    const typed = 'hi there\n\nA table for [two], please\u001b[2J\n';
    const talk = await withStdin(typed, () => runCli(['chat', model]));
    expect(talk.stdout).toBe('Hello! I can book a table, or tell you about our food.\nFor which day?\n');
    const json = await withStdin('Where are you?', () => runCli(['chat', model, '--json']));
    expect(JSON.parse(json.stdout)).toMatchObject({ intent: 'place', state: { turn: 1 } });
    const again = await runCli(['train-chatbot', 'examples/restaurant/intents.json', '--out', model]);
    expect(again).toMatchObject({ status: 1, stdout: '' });
    expect(again.stderr).toContain('--force');
    const inspected = await runCli(['inspect', model]);
    expect(inspected.stdout).toContain(`${model}: Chatbot, `);
  });

  it('talk as the guide shows', async () => {
    const [{ code }] = fencesOf('docs/chatbot.md').filter(({ mark }) => mark === 'talk');
    const lines = code.trimEnd().split('\n');
    const typed = lines.filter((line) => line.startsWith('> ')).map((line) => line.slice(2));
    expect(typed.length).toBe(8);
    const { stdout } = await withStdin(typed.join('\n'), () => runCli(['chat', model]));
    expect(stdout.trimEnd().split('\n')).toEqual(lines.filter((line) => !line.startsWith('> ')));
  });

  it('test dialogues, with the exit status of a test', async () => {
    const good = await runCli(['chat', model, '--test', 'examples/restaurant/stories.yml']);
    expect(good).toMatchObject({ status: 0, stdout: '2 of 2 stories went as written\n' });
    const stories = path(
      'stories.yml',
      'stories:\n- story: hello\n  steps:\n  - user: Hello\n    intent: goodbye\n    contains: Hello\n',
    );
    const bad = await runCli(['chat', model, '--test', stories]);
    expect(bad.stdout).toBe(
      'hello, step 1, "Hello": intent greeting, expected intent goodbye\n0 of 1 story went as written\n',
    );
    expect(bad.status).toBe(1);
    const json = await runCli(['chat', model, '--test', stories, '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ stories: 1, faults: [{ story: 'hello', step: 1 }] });
    const odd = await runCli(['chat', model, '--test', path('odd.yml', 'stories: 3')]);
    expect(odd).toMatchObject({ status: 1, stdout: '' });
    expect(odd.stderr).toContain('stories must be an array');
  });

  it('refuse what does not go together', async () => {
    const intents = 'examples/restaurant/intents.json';
    for (const options of [
      ['--vectors', 'v.txt', '--include-vectors'],
      ['--no-vectors', '--include-vectors'],
      ['--threshold', '2'],
    ]) {
      const { status, stdout } = await runCli([
        'train-chatbot',
        intents,
        ...options,
        '--out',
        join(folder, 'x.safetensors'),
      ]);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    }
    const broken = await runCli([
      'train-chatbot',
      path('i.json', '{"intents": [{"tag": "a"}]}'),
      '--out',
      join(folder, 'y.safetensors'),
    ]);
    expect(broken.status).toBe(1);
    expect(broken.stderr).toContain('i.json: intents[0] needs the option "patterns"');
  });
});
