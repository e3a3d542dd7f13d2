import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { decodeSafetensors } from '../../src/base/encoding/safetensors.js';
import { packageFile } from '../../src/base/host/package-file.js';
import { modelPage } from '../../src/exchange/index.js';
import { Dense, Sequential } from '../../src/rnn/index.js';
import { Chatbot, SequenceClassifier } from '../../src/tasks/index.js';
import { TextModel } from '../../src/text/index.js';
import { runCli } from '../support/run-cli.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-export-page-'));
const place = (name: string): string => path.join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The model of a page of `{title}` and `{model}` alone: bytes 0, 4, 8 and so on stand first, then 1, 5, 9, then 2, then 3. */
function unpacked(page: string): Uint8Array {
  const planes = gunzipSync(Buffer.from(page.split('|')[1], 'base64'));
  const order = [...planes.keys()].sort((a, b) => (a % 4) - (b % 4) || a - b);
  const bytes = new Uint8Array(planes.length);
  order.forEach((to, from) => (bytes[to] = planes[from]));
  return bytes;
}

it('a model stands in its page as it is, or with its weights rounded', async () => {
  const dense = new Dense({ units: 3 });
  const model = new Sequential([dense]);
  await model.build([1, 2]);
  const weights = [1, 1 / 3, -1e-3, 70_000, 2 ** -26, 0.1];
  dense.weights[0].set(Float32Array.from(weights));
  const bytes = model.toBytes();
  await model.dispose();
  const page = (precision: 'float32' | 'float16' | 'bfloat16') =>
    modelPage('{title}|{model}', bytes, { precision });
  expect(Buffer.from(unpacked(await page('float32')))).toEqual(Buffer.from(bytes));
  const kernel = async (precision: 'float16' | 'bfloat16'): Promise<number[]> => {
    const { tensors } = decodeSafetensors(unpacked(await page(precision)), 'm');
    return [...[...tensors].find(([, { shape }]) => shape.length === 2)![1].data];
  };
  // numpy.float16 of these, but for 70,000, which it has as infinite.
  expect(await kernel('float16')).toEqual([1, 0.333251953125, -1049 / 2 ** 20, 70_000, 0, 0.0999755859375]);
  // torch.bfloat16 of these.
  expect(await kernel('bfloat16')).toEqual([
    1,
    0.333984375,
    -0.00099945068359375,
    70144,
    2 ** -26,
    0.10009765625,
  ]);
});

it('a page without a place for the model, and what is no model, are refused', async () => {
  await expect(modelPage('<title>{title}</title>', new Uint8Array(9))).rejects.toMatchObject({
    code: 'bad-value',
    message: expect.stringMatching(/modelPage: page/) as string,
  });
  await expect(modelPage('{model}', new Uint8Array(9))).rejects.toMatchObject({ code: 'bad-file' });
  await expect(modelPage('{model}', 'model' as unknown as Uint8Array)).rejects.toMatchObject({
    code: 'bad-value',
  });
});

it('other models are refused by name, and nothing is left behind', async () => {
  writeFileSync(place('words.safetensors'), 'north 0 1\nsouth 0 -1\n');
  const bot = await Chatbot.train([
    { tag: 'hours', patterns: ['when are you open', 'opening hours'], responses: ['Always.'] },
    { tag: 'thanks', patterns: ['thank you', 'thanks a lot'], responses: ['Gladly.'] },
  ]);
  writeFileSync(place('bot.safetensors'), bot.toBytes());
  const series = Array.from({ length: 12 }, (_, i) => ({
    label: i % 2 ? 'up' : 'down',
    sequence: i % 2 ? [0, 1, 2, 3 + i] : [3 + i, 2, 1, 0],
  }));
  const numbers = await SequenceClassifier.train(series, { encoder: 'linear' });
  writeFileSync(place('numbers.safetensors'), numbers.toBytes());
  writeFileSync(place('text.safetensors'), 'no model');
  for (const [name, message] of [
    ['words', /no page for a KeyedVectors/],
    ['bot', /needs the word vectors that come with seqkit/],
    ['numbers', /tells classes of numbers/],
    ['text', /./],
  ] as const) {
    const out = place(`${name}.html`);
    const { status, stderr } = await runCli(['export-page', place(`${name}.safetensors`), '--out', out]);
    expect(status, name).toBe(name === 'text' ? 1 : 2);
    expect(stderr).toMatch(message);
    expect(existsSync(out)).toBe(false);
  }
});

it.skipIf(!existsSync(packageFile('dist/studio/pages/generate.html')))(
  'replaces no page unasked, nor the model (skipped without dist: npm run build)',
  async () => {
    const model = new TextModel({ cell: 'gru', units: 4, layers: 1 });
    await model.fit('ab'.repeat(300), { batchSize: 4, seqLength: 8, epochs: 1 });
    writeFileSync(place('ab.safetensors'), model.toBytes());
    await model.dispose();
    const out = place('ab.html');
    const args = ['export-page', place('ab.safetensors'), '--out', out];
    expect((await runCli([...args, '--title', 'a < b'])).status).toBe(0);
    const page = readFileSync(out, 'utf8');
    expect(page).toContain('<title>a &lt; b</title>');
    expect((await runCli(args)).stderr).toMatch(/--force/);
    expect(readFileSync(out, 'utf8')).toBe(page);
    const onto = await runCli([...args.slice(0, 3), place('ab.safetensors'), '--force']);
    expect(onto.status).toBe(2);
    expect(readFileSync(place('ab.safetensors')).subarray(8, 9).toString()).toBe('{');
  },
);
