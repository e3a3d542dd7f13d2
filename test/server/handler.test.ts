import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/audio/index.js';
import { KeyedVectors } from '../../src/embeddings/index.js';
import { createHandler, openModel, type Handler, type ServableModel } from '../../src/server/index.js';
import { Chatbot, Seq2Seq, SequenceClassifier, SequenceTagger } from '../../src/tasks/index.js';
import { MusicModel, readTunes, TextModel } from '../../src/text/index.js';
import { whistled, whistleModel } from '../support/whistle-model.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-server-'));
afterAll(() => rmSync(folder, { recursive: true }));

const WORDS = ['north', 'south', 'east', 'west'];
const ROWS = Float32Array.of(0, 1, 0, -1, 1, 0, -1, 0.1);
const vectors = () => KeyedVectors.fromRows(WORDS, ROWS);

const at = (where: string) => `http://localhost${where}`;

/** Asks a handler for JSON. */
async function post(handler: Handler, where: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await handler(
    new Request(at(where), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body:
        typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
    }),
  );
  return { status: response.status, body: await response.json(), headers: response.headers };
}

/** The lines of an answer that comes in pieces. */
const lines = async (response: Response) =>
  (await response.text())
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe('word vectors over HTTP', () => {
  const model = vectors();
  const handler = createHandler(model);

  it('answer what the library answers', async () => {
    expect((await post(handler, '/neighbors', { word: 'north', topn: 2 })).body).toEqual({
      answers: model.similarByWord('north', 2),
    });
    expect((await post(handler, '/analogy', { a: 'north', b: 'east', c: 'south' })).body).toEqual({
      answers: model.mostSimilar({ positive: ['north', 'south'], negative: ['east'] }),
    });
    expect((await post(handler, '/similarity', { a: 'north', b: 'south' })).body).toEqual({ similarity: -1 });
    expect((await post(handler, '/vectors', { words: ['east'] })).body).toEqual({
      vectors: [{ word: 'east', vector: [1, 0] }],
    });
    expect((await post(handler, '/odd-one-out', { words: WORDS })).body).toEqual({
      word: model.doesntMatch(WORDS),
    });
    const safe = await post(handler, '/neighbors', { word: 'north', topn: 1, safe: true });
    expect(safe.body.answers).toHaveLength(1);
  });

  it.each([
    ['an unknown word', { word: 'up' }, 400, 'unknown-word', 'up'],
    ['an unknown entry', { wort: 'north' }, 400, 'usage', 'Did you mean "word"?'],
    ['a missing entry', {}, 400, 'usage', 'word'],
    ['a number out of range', { word: 'north', topn: 5000 }, 400, 'bad-value', '1000'],
    ['a number as text', { word: 'north', topn: '3' }, 400, 'bad-value', 'give the number itself'],
    ['a list in place of an object', [], 400, 'usage', 'object'],
    ['what is no JSON', '{"word":', 400, 'bad-json', 'no JSON'],
    ['what is no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 400, 'bad-json', 'UTF-8'],
    ['JSON that is too deep', '['.repeat(5000) + ']'.repeat(5000), 400, 'bad-json', 'levels'],
    ['a prototype', '{"word":"north","__proto__":{"topn":1}}', 400, 'usage', '__proto__'],
  ])('refuse %s', async (_, body, status, code, text) => {
    const answer = await post(handler, '/neighbors', body);
    expect(answer).toMatchObject({ status, body: { error: { code } } });
    expect(JSON.stringify(answer.body)).toContain(text.replaceAll('"', '\\"'));
  });

  it('say what they are, and what else there is', async () => {
    const health = await handler(new Request(at('/health')));
    expect(await health.json()).toMatchObject({ status: 'ok', kind: 'KeyedVectors' });
    const missing = await handler(new Request(at('/neighbours'), { method: 'POST' }));
    expect(missing.status).toBe(404);
    expect(JSON.stringify(await missing.json())).toContain('/neighbors');
    const read = await handler(new Request(at('/neighbors')));
    expect([read.status, read.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('answer the examples of their description', async () => {
    const words = ['king', 'man', 'woman', 'queen', 'breakfast', 'lunch', 'dinner', 'car'];
    const rows = Float32Array.from({ length: 24 }, (_, i) => Math.sin(3 * i + 1));
    const known = createHandler(KeyedVectors.fromRows(words, rows));
    const { paths } = (await (await known(new Request(at('/openapi.json')))).json()) as {
      paths: Record<string, { post?: { requestBody: { content: Record<string, { example: object }> } } }>;
    };
    const asked = Object.entries(paths).filter(([, { post }]) => post !== undefined);
    expect(asked).toHaveLength(5);
    for (const [where, { post: described }] of asked) {
      const { example } = described!.requestBody.content['application/json'];
      expect((await post(known, where, example)).status, where).toBe(200);
    }
  });

  it('describe themselves by OpenAPI', async () => {
    const description = await (await handler(new Request(at('/openapi.json')))).json();
    expect(description.openapi).toBe('3.1.0');
    expect(Object.keys(description.paths)).toEqual([
      '/analogy',
      '/neighbors',
      '/similarity',
      '/odd-one-out',
      '/vectors',
      '/health',
    ]);
    const { schema } = description.paths['/analogy'].post.requestBody.content['application/json'];
    expect(schema).toMatchObject({ required: ['a', 'b', 'c'], additionalProperties: false });
    expect(schema.properties.topn).toMatchObject({ type: 'integer', minimum: 1, maximum: 1000 });
    const page = await handler(new Request(at('/')));
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('POST /analogy');
  });
});

describe('limits', () => {
  const ask = (handler: Handler, client: string, body: object = { word: 'north' }) =>
    handler(
      new Request(at('/neighbors'), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
      client,
    );

  it('hold each client to its requests a minute', async () => {
    const handler = createHandler(vectors(), { requestsPerMinute: 3 });
    const statuses = [];
    for (let i = 0; i < 5; i++) statuses.push((await ask(handler, 'one')).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const refused = await ask(handler, 'one');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask(handler, 'another')).status).toBe(200);
    expect((await handler(new Request(at('/health')), 'one')).status).toBe(200);
  });

  it('refuse a body that is too large, however it comes', async () => {
    const handler = createHandler(vectors(), { maxBodyBytes: 200 });
    const large = { word: 'n'.repeat(300) };
    expect((await post(handler, '/neighbors', large)).status).toBe(413);
    const chunks = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 10; i++) controller.enqueue(new Uint8Array(100).fill(0x20));
        controller.close();
      },
    });
    const streamed = await handler(
      new Request(at('/neighbors'), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: chunks,
        duplex: 'half',
      } as RequestInit),
    );
    expect(streamed.status).toBe(413);
  });

  it('do not wait for a body for ever', async () => {
    const handler = createHandler(vectors(), { bodySeconds: 0.05 });
    const never = new ReadableStream({ start: (controller) => controller.enqueue(Uint8Array.of(0x7b)) });
    const response = await handler(
      new Request(at('/neighbors'), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: never,
        duplex: 'half',
      } as RequestInit),
    );
    expect([response.status, (await response.json()).error.code]).toEqual([408, 'timeout']);
  });

  it('let no page elsewhere ask: by its origin, by a plain form, or by a name of its own', async () => {
    const closed = createHandler(vectors(), { hosts: ['localhost'] });
    const from = { Origin: 'https://elsewhere.example' };
    const answer = await post(closed, '/neighbors', { word: 'north' }, from);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    const form = await post(closed, '/neighbors', 'word=north', { 'Content-Type': 'text/plain' });
    expect([form.status, form.body.error.code]).toEqual([415, 'content-type']);
    const named = await closed(new Request('http://elsewhere.example/health'));
    expect(named.status).toBe(421);
    const open = createHandler(vectors(), { cors: 'https://elsewhere.example' });
    const allowed = await post(open, '/neighbors', { word: 'north' }, from);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://elsewhere.example');
  });

  it('are checked, as the model is', () => {
    expect(() => createHandler({} as ServableModel)).toThrow('none that answers over HTTP');
    for (const [options, text] of [
      [{ maxBodyBytes: 0 }, 'maxBodyBytes'],
      [{ requestsPerMinute: NaN }, 'requestsPerMinute'],
      [{ bodySeconds: '60' }, 'bodySeconds'],
      [{ cors: 5 }, 'cors'],
      [{ hosts: [] }, 'hosts'],
      [{ onError: 'log' }, 'onError'],
      [{ title: '' }, 'title'],
      [{ port: 80 }, 'port'],
    ] as const) {
      expect(() => createHandler(vectors(), options as never), text).toThrow(text);
    }
  });

  it('tell the client nothing of a fault of the server', async () => {
    const told: unknown[] = [];
    const model = vectors();
    const handler = createHandler(model, { onError: (error) => told.push(error) });
    model.similarByWord = () => {
      throw new TypeError('a secret');
    };
    const { status, body } = await post(handler, '/neighbors', { word: 'north' });
    expect({ status, body }).toEqual({
      status: 500,
      body: { error: { code: 'internal', message: 'The server failed to answer.' } },
    });
    expect(String(told[0])).toContain('a secret');
  });
});

describe('models over HTTP', () => {
  it('a text model generates, whole and in pieces', async () => {
    const model = new TextModel({ cell: 'gru', units: 12, layers: 1, seed: 5 });
    await model.fit('one two three four five\n'.repeat(40), { batchSize: 8, seqLength: 16, epochs: 2 });
    const handler = createHandler(model);
    const asked = { prime: 'one ', length: 30, seed: 3 };
    expect((await post(handler, '/generate', asked)).body).toEqual({ text: model.generate(asked) });
    const both = await post(handler, '/generate', { ...asked, count: 2 });
    expect(both.body).toEqual({
      texts: model.generateSamples({ ...asked, count: 2 }).map((text) => `one ${text}`),
    });
    const request = (headers: Record<string, string>) =>
      new Request(at('/generate'), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify({ ...asked, stream: true }),
      });
    const pieces = await lines(await handler(request({})));
    expect(pieces.length).toBeGreaterThan(5);
    expect(`one ${pieces.map(({ text }) => text).join('')}`).toBe(model.generate(asked));
    const events = await handler(request({ Accept: 'text/event-stream' }));
    expect(events.headers.get('content-type')).toBe('text/event-stream');
    const text = await events.text();
    expect(text.startsWith('data: {')).toBe(true);
    expect(text.endsWith('event: done\ndata: {}\n\n')).toBe(true);
    expect((await post(handler, '/generate', { length: 1e6 })).body.error.message).toContain('100000');
    await model.dispose();
  });

  it('a music model composes', async () => {
    const { tunes } = readTunes(readFileSync('data/tunes/seqkit-tunes.abc', 'utf8'));
    const model = new MusicModel({ units: 16, layers: 1, seed: 1 });
    await model.fit(tunes, { epochs: 1 });
    const handler = createHandler(model);
    const { body } = await post(handler, '/compose', { seed: 2, maxBars: 8 });
    const [own] = await model.compose({ seed: 2, maxBars: 8 });
    expect(body).toEqual({ tunes: [{ title: own.title, abc: own.abc, plays: true }] });
    expect((await post(handler, '/compose', { key: 'H' })).body.error.code).toBe('bad-value');
  });

  it('a chatbot goes on with the state that is sent, and keeps none', async () => {
    const bot = await Chatbot.train(
      [
        {
          tag: 'table',
          patterns: ['a table for [monday](day)', 'I want to book a table', 'have you a table'],
          slots: [{ name: 'day', question: 'For which day?' }],
          responses: ['A table on {day}.'],
        },
        { tag: 'hello', patterns: ['hello', 'hi there', 'good morning'], responses: ['Hello!'] },
      ],
      { vectors: false },
    );
    const handler = createHandler(bot);
    const first = await post(handler, '/reply', { text: 'I want to book a table please' });
    expect(first.body.reply).toBe('For which day?');
    const second = await post(handler, '/reply', { text: 'monday', state: first.body.state });
    expect(second.body.reply).toBe('A table on monday.');
    expect((await post(handler, '/understand', { text: 'hello' })).body).toEqual(bot.understand('hello'));
    const forged = await post(handler, '/reply', { text: 'monday', state: { turn: -1 } });
    expect([forged.status, forged.body.error.code]).toEqual([400, 'bad-value']);
  });

  it('a classifier of texts, of numbers and of sound', async () => {
    const texts = ['good fine film', 'a good story', 'bad dull film', 'a bad story'];
    const examples = [0, 1, 2, 3].flatMap((i) =>
      texts.map((text, n) => ({ text: `${text} ${i}`, label: n < 2 ? 'good' : 'bad' })),
    );
    const model = await SequenceClassifier.train(examples, { encoder: 'linear' });
    const handler = createHandler(model);
    const single = await post(handler, '/classify', { text: 'a fine story' });
    expect(single.body).toEqual(await model.classify('a fine story'));
    const several = await post(handler, '/classify', { text: ['fine', 'dull'], top: 1 });
    expect((several.body.results as { label: string }[]).map(({ label }) => label)).toEqual(['good', 'bad']);
    expect((await post(handler, '/explain', { text: 'a fine story', top: 1 })).body.words).toHaveLength(1);

    const series = Array.from({ length: 16 }, (_, i) => ({
      sequence: Array.from({ length: 6 }, (_, t) => (i % 2 ? t : -t) + i / 10),
      label: i % 2 ? 'up' : 'down',
    }));
    const ofNumbers = await SequenceClassifier.train(series, { encoder: 'linear' });
    const numbers = createHandler(ofNumbers);
    expect((await post(numbers, '/classify', { sequence: [0, 1, 2, 3] })).body.label).toBe('up');
    expect((await post(numbers, '/classify', { sequence: [0, null] })).status).toBe(400);

    const tone = (hz: number, i: number) => ({
      samples: Float32Array.from(
        { length: 8_000 },
        (_, t) => Math.sin((2 * Math.PI * (hz + i) * t) / 16_000) / 2,
      ),
      sampleRate: 16_000,
    });
    const sounds = Array.from({ length: 12 }, (_, i) => ({
      audio: tone(i % 2 ? 2_000 : 300, i),
      label: i % 2 ? 'high' : 'low',
    }));
    const ofSound = await SequenceClassifier.train(sounds, { encoder: 'linear' });
    const wav = encodeWav(tone(2_003, 1));
    const heard = await post(createHandler(ofSound), '/classify?top=1', wav, { 'Content-Type': 'audio/wav' });
    expect(heard.body).toMatchObject({ label: 'high', alternatives: [{ label: 'high' }] });
    const broken = await post(createHandler(ofSound), '/classify', 'RIFF', { 'Content-Type': 'audio/wav' });
    expect([broken.status, broken.body.error.code]).toEqual([400, 'bad-file']);
  });

  it('a tagger and a Seq2Seq', async () => {
    const tagger = new SequenceTagger({ units: 4, embeddingDim: 4, seed: 1 });
    const sequences = [{ tokens: ['to', 'Oslo'], tags: ['O', 'B-place'] }];
    await tagger.fit([...sequences, ...sequences], { epochs: 2, heldOut: 0 });
    const tagged = await post(createHandler(tagger), '/tag', { tokens: ['to', 'Oslo'] });
    expect(tagged.body).toEqual(JSON.parse(JSON.stringify(await tagger.tag(['to', 'Oslo']))));
    await tagger.dispose();

    const model = new Seq2Seq({ units: 4, embeddingDim: 4, seed: 1 });
    await model.fit(
      [
        ['a b', 'b a'],
        ['b a', 'a b'],
      ],
      { epochs: 2, heldOut: 0 },
    );
    const { text, score } = model.translate('a b', { beam: 2, maxLength: 5 });
    const handler = createHandler(model);
    const one = await post(handler, '/translate', { text: 'a b', beam: 2, maxLength: 5 });
    expect(one.body).toMatchObject({ text, score });
    const two = await post(handler, '/translate', { text: ['a b', 'b a'], maxLength: 5 });
    expect(two.body.results).toHaveLength(2);
    await model.dispose();
  });

  it('a detector hears a WAV file, and sound that comes in pieces', async () => {
    const model = await whistleModel();
    const { samples, endSeconds } = whistled(2);
    const handler = createHandler(model);
    const wav = encodeWav({ samples, sampleRate: 16_000 });
    const whole = await post(handler, '/detect?threshold=0.2', wav, { 'Content-Type': 'audio/wav' });
    expect(whole.body.events).toHaveLength(endSeconds.length);
    const bad = await post(handler, '/detect?threshold=2', wav, { 'Content-Type': 'audio/wav' });
    expect(bad.body.error.code).toBe('bad-value');

    const bytes = new Uint8Array(samples.buffer);
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        // Pieces that end within a sample.
        controller.enqueue(bytes.subarray(sent, sent + 10_001));
        sent += 10_001;
        if (sent >= bytes.length) controller.close();
      },
    });
    const response = await handler(
      new Request(at('/listen?format=float32&sampleRate=16000&threshold=0.2'), {
        method: 'POST',
        headers: { 'Content-Type': 'application/octet-stream' },
        body,
        duplex: 'half',
      } as RequestInit),
    );
    const events = await model.detect({ samples, sampleRate: 16_000 }, { threshold: 0.2 });
    expect(await lines(response)).toEqual(events);
    expect((await post(handler, '/words', {})).body.thresholds).toEqual(model.thresholds);
    await model.dispose();
  });
});

describe('openModel', () => {
  let bytes: Uint8Array;
  beforeAll(async () => {
    bytes = (
      await SequenceClassifier.train(
        ['good a', 'good b', 'bad a', 'bad b'].map((text) => ({ text, label: text.split(' ')[0] })),
        { encoder: 'linear' },
      )
    ).toBytes();
  });

  it('tells a file by what it holds', async () => {
    expect(await openModel(bytes)).toBeInstanceOf(SequenceClassifier);
    const text = path.join(folder, 'v.safetensors');
    await vectors().save(text);
    expect(await openModel(text)).toBeInstanceOf(KeyedVectors);
    const plain = new TextEncoder().encode('north 0 1\nsouth 0 -1\n');
    expect(await openModel(plain)).toBeInstanceOf(KeyedVectors);
    const file = path.join(folder, 'vectors.txt');
    writeFileSync(file, plain);
    expect(await openModel(file)).toBeInstanceOf(KeyedVectors);
    const model = new TextModel({ cell: 'gru', units: 4, layers: 1 });
    await model.fit('ab'.repeat(300), { batchSize: 4, seqLength: 8, epochs: 1 });
    expect(await openModel(model.toBytes())).toBeInstanceOf(TextModel);
  });

  it('refuses what is damaged, and a network without a task', async () => {
    await expect(openModel(bytes.subarray(0, 500))).rejects.toMatchObject({ code: 'bad-file' });
    await expect(openModel(path.join(folder, 'none.bin'))).rejects.toMatchObject({ code: 'file-access' });
    const { Sequential, Dense } = await import('../../src/rnn/index.js');
    const network = new Sequential([new Dense({ units: 1 })]);
    await network.build([1]);
    const file = path.join(folder, 'network.safetensors');
    await network.save(file);
    await expect(openModel(file)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining('no way of its own') as string,
    });
  });
});
