import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeSafetensors } from '../../src/base/encoding/safetensors.js';
import { KeyedVectors } from '../../src/embeddings/index.js';
import { Chatbot, readIntents, testDialogues, type Intents } from '../../src/tasks/index.js';
import bank from '../data/intents/bank.json' with { type: 'json' };
import messages from '../data/intents/bank-messages.json' with { type: 'json' };

const folder = mkdtempSync(join(tmpdir(), 'seqkit-chatbot-'));
afterAll(() => rmSync(folder, { recursive: true }));

let bot: Chatbot;
beforeAll(async () => {
  bot = await Chatbot.train(await readIntents('examples/restaurant/intents.json'));
});

describe('a session', () => {
  it('fills slots, asks for those that are missing, and opens contexts', async () => {
    const session = bot.session();
    const first = await session.reply('Can we get a TABEL for tommorow evening? 🙂');
    expect(first).toMatchObject({
      intent: 'book',
      reply: 'At what time, tomorrow?',
      entities: [{ entity: 'date', value: 'tomorrow', text: 'tommorow' }],
      state: { turn: 1, pending: { intent: 'book', slot: 'time', values: { date: 'tomorrow' }, asked: 1 } },
    });
    // What is no answer is said so, and the question comes again.
    expect(await session.reply('who is the king of Norway?')).toMatchObject({
      intent: null,
      reply: 'Sorry, I only know about tables, food and the way here. At what time, tomorrow?',
    });
    expect((await session.reply('four people')).reply).toBe('At what time, tomorrow?');
    const booked = await session.reply('at 8 pm');
    expect(booked.reply).toBe('A table for four, tomorrow at 8 pm: it is yours.');
    expect(booked.state.contexts).toEqual({ booked: 5 });
    const cancelled = await session.reply('sorry, we cannot come after all');
    expect(cancelled).toMatchObject({
      intent: 'cancel',
      reply: 'Your table for four, tomorrow, is cancelled.',
    });
    expect(cancelled.state.contexts).toEqual({ booked: 4 });
  });

  it('does not mean an intent whose context is closed', async () => {
    expect((await bot.session().reply('I want to cancel the table')).intent).not.toBe('cancel');
  });

  it('leaves a question for another intent', async () => {
    const session = bot.session();
    await session.reply('I would like to book a table');
    expect(await session.reply('What is your address?')).toMatchObject({
      intent: 'place',
      state: { pending: null },
    });
  });

  it('gives up a question that is not answered', async () => {
    const session = bot.session();
    await session.reply('I would like to book a table');
    const replies = [];
    for (let i = 0; i < 3; i++) replies.push((await session.reply('qwxz vvv')).reply);
    expect(replies[1]).toMatch(/For which day\?$/);
    expect(replies[2]).not.toMatch(/For which day/);
    expect(session.state.pending).toBeNull();
  });

  it('goes on from a state that was kept as JSON', async () => {
    const one = bot.session();
    await one.reply('A table for two, please');
    const kept: unknown = JSON.parse(JSON.stringify(one.state));
    const other = bot.session(kept);
    expect(await other.reply('Friday')).toEqual(await one.reply('Friday'));
    // A state of a bot that has since lost the intent asks no more.
    const lost = { ...one.state, pending: { intent: 'gone', slot: 'x', values: {}, asked: 1 } };
    expect(bot.session(lost).state.pending).toBeNull();
    expect(() => bot.session({ ...one.state, turn: -1 })).toThrow('session: turn must be');
    expect(() => bot.session({ formatVersion: 2 })).toThrow('formatVersion must be 1');
    expect(() => bot.session('state')).toThrow('must be an object');
  });

  it('answers in turn, whatever comes at once', async () => {
    const session = bot.session();
    const both = await Promise.all([session.reply('Hello'), session.reply('Hello')]);
    expect(both.map(({ reply }) => reply)).toEqual([
      'Hello! I can book a table, or tell you about our food.',
      'Hello again!',
    ]);
    expect(both.map(({ state }) => state.turn)).toEqual([1, 2]);
  });

  it('asks handlers, which keep what they like', async () => {
    bot.on('place', async ({ memory, response, text, slots }) => {
      memory['asked'] = Number(memory['asked'] ?? 0) + 1;
      return `${response} (${String(memory['asked'])}, ${text}, ${JSON.stringify(slots)})`;
    });
    const session = bot.session();
    await session.reply('Where are you?');
    const { reply, state } = await session.reply('Where are you?');
    expect(reply).toBe('Harbour Street 12. Bus 4 stops at the door. (2, Where are you?, {})');
    expect(state.memory).toEqual({ asked: 2 });
    bot.on('place', () => {
      throw new Error('the map is lost');
    });
    await expect(session.reply('Where are you?')).rejects.toThrow('the map is lost');
    expect(session.state).toEqual(state);
    const unkept = [() => 1, 1n, NaN, new Date(0), [undefined]];
    for (const value of unkept) {
      bot.on('place', ({ memory }) => void (memory['kept'] = { deep: value }));
      await expect(session.reply('Where are you?')).rejects.toThrow(
        'memory of the handler of "place".kept.deep',
      );
    }
    bot.on('place', ({ memory }) => void (memory['own'] = memory));
    await expect(session.reply('Where are you?')).rejects.toThrow('100 levels');
    expect(session.state).toEqual(state);
    bot.on('place', () => 3 as unknown as string);
    await expect(session.reply('Where are you?')).rejects.toThrow('The answer of the handler of "place"');
    bot.on('place', undefined);
    expect((await session.reply('Where are you?')).reply).toBe('Harbour Street 12. Bus 4 stops at the door.');
    expect(() => bot.on('nowhere', () => '')).toThrow('no intent has the tag "nowhere"');
  });

  it('takes any answer where nobody has said how one looks', async () => {
    const named = await Chatbot.train(
      [
        {
          tag: 'name',
          patterns: ['my name', 'call me'],
          responses: ['Hi, {who}!'],
          slots: [{ name: 'who', question: 'Who?' }],
        },
        { tag: 'bye', patterns: ['goodbye', 'bye'] },
      ],
      { vectors: false, threshold: 0.3 },
    );
    const session = named.session();
    expect((await session.reply('my name')).reply).toBe('Who?');
    expect((await session.reply(' Zoë {who} ')).reply).toBe('Hi, Zoë {who}!');
    expect((await session.reply('bye')).reply).toBe('');
  });

  it('refuses what is no message', async () => {
    const session = bot.session();
    for (const text of ['', '  ', '?!']) expect((await session.reply(text)).intent).toBeNull();
    await expect(session.reply(3 as unknown as string)).rejects.toThrow('reply: text must be text');
    await expect(session.reply('a'.repeat(10_001))).rejects.toThrow('at most 10000 characters');
    expect(() => bot.understand('hello', 'booked' as never)).toThrow('understand: contexts must be');
  });

  it('takes the names that objects have for those of slots and contexts', async () => {
    const slots = ['__proto__', 'constructor'].map((name) => ({ name, question: `${name}?` }));
    const odd = await Chatbot.train(
      [
        { tag: '__proto__', patterns: ['my name'], responses: ['{__proto__} {constructor}'], slots },
        { tag: 'toString', patterns: ['goodbye'], responses: ['Bye.'], contextOut: '__proto__' },
        { tag: 'valueOf', patterns: ['hum'], responses: ['Hm.'], contextIn: '__proto__' },
      ],
      { vectors: false, threshold: 0.3 },
    );
    let session = odd.session();
    const replies: string[] = [];
    for (const text of ['hum', 'my name', 'Ada', 'Eve', 'goodbye', 'hum']) {
      replies.push((await session.reply(text)).reply);
      session = odd.session(JSON.parse(JSON.stringify(session.state)));
    }
    expect(replies.slice(1)).toEqual(['__proto__?', 'constructor?', 'Ada Eve', 'Bye.', 'Hm.']);
    expect(replies[0]).not.toBe('Hm.');
  });
});

describe('a file of a bot', () => {
  it('answers as what was saved', async () => {
    const path = join(folder, 'bot.safetensors');
    await bot.save(path);
    await expect(bot.save(path)).rejects.toMatchObject({ code: 'file-exists' });
    const again = await Chatbot.load(path);
    expect(again.figures).toEqual(bot.figures);
    for (const text of ['hello thre', 'a table for 3', 'where is the moon?', 'cant come after all']) {
      expect(again.understand(text, ['booked'])).toEqual(bot.understand(text, ['booked']));
    }
    expect(again.toBytes()).toEqual(bot.toBytes());
    again.dispose();
    expect(() => again.session()).toThrow('The chatbot');
    // The default vectors are only let go of.
    expect(bot.understand('hello').intent).toBe('greeting');
  });

  it('holds vectors of its own, and needs none', async () => {
    const words = ['hola', 'adiós', 'gracias'];
    const vectors = KeyedVectors.fromRows(words, Float32Array.of(1, 0, 0, 1, 0.5, 0.5));
    const spanish: Intents = {
      language: 'es',
      intents: [
        { tag: 'hola', patterns: ['hola', 'buenos días', 'muy buenas'], responses: ['¡Hola!'] },
        { tag: 'adios', patterns: ['adiós', 'hasta luego', 'nos vemos'], responses: ['¡Adiós!'] },
      ],
    };
    for (const options of [{ vectors }, { vectors: false as const }, {}]) {
      const made = await Chatbot.train(spanish, { ...options, threshold: 0.2 });
      const opened = await Chatbot.fromBytes(made.toBytes());
      expect(opened.understand('hola!').intent).toBe('hola');
      expect(opened.understand('hasta luegoo')).toEqual(made.understand('hasta luegoo'));
      expect(opened.understand('hasta luegoo').intent).toBe('adios');
    }
  });

  it('is refused where it is damaged or of another kind', async () => {
    const bytes = bot.toBytes();
    const damaged = bytes.slice();
    damaged[damaged.length - 5] ^= 1;
    await expect(Chatbot.fromBytes(damaged)).rejects.toMatchObject({ code: 'bad-file' });
    await expect(Chatbot.fromBytes(bytes.slice(0, 1000))).rejects.toMatchObject({ code: 'bad-file' });
    const other = (settings: object, kind = 'Chatbot') =>
      Chatbot.fromBytes(
        encodeSafetensors(
          {},
          {
            format: 'seqkit-task',
            formatVersion: '1',
            kind,
            settings: JSON.stringify(settings),
            parts: '[]',
          },
        ),
      );
    await expect(other({}, 'Tagger')).rejects.toThrow('not a Chatbot');
    await expect(other({})).rejects.toMatchObject({ code: 'bad-file' });
    await expect(other({ intents: [{ tag: 'a', patterns: ['x'] }] })).rejects.toThrow(
      'no array "ngramTerms"',
    );
  });
});

describe('training', () => {
  it('understands paraphrases and refuses other subjects, on intents that no setting was chosen by', async () => {
    const made = await Chatbot.train(bank);
    const right = messages.paraphrases.filter(({ text, intent }) => made.understand(text).intent === intent);
    const refused = messages.outOfScope.filter((text) => made.understand(text).intent === null);
    // 43 and 35 as measured.
    expect(right.length).toBeGreaterThanOrEqual(42);
    expect(refused.length).toBeGreaterThanOrEqual(34);
    const { figures } = made;
    expect(figures.phrases).toBe(120);
    expect(figures.accuracy).toBeGreaterThan(0.65);
    expect(figures.answered).toBeGreaterThan(0.85);
    expect(figures.foreign.refused).toBeGreaterThan(0.95);
    expect(figures.nearMisses.refused).toBeGreaterThan(0.6);
    // Short spellings and small talk that no phrase has.
    for (const [text, intent] of [
      ['thx', 'thanks'],
      ['howdy', 'greeting'],
      ['farewell', 'goodbye'],
      ['whats my balance', 'balance'],
      ['i cant find my credit card', 'lost_card'],
    ] as const) {
      expect(made.understand(text).intent).toBe(intent);
    }
  }, 60_000);

  it('leaves small talk out that no intent is for', async () => {
    const chats = new Set(['greeting', 'goodbye', 'thanks']);
    const { intents } = bank;
    const silent = await Chatbot.train(intents.filter(({ tag }) => !chats.has(tag)).slice(0, 4));
    for (const text of ['hello', 'goodbye', 'thx']) expect(silent.understand(text).intent).toBeNull();
  });

  it('notes what can never take effect, once it is trained', async () => {
    const made = await Chatbot.train(
      [
        {
          ...{ tag: 'book', patterns: ['A table', 'a table for [two](number)'] },
          responses: ['{date}: {number} at {tiem}.', '{tiem}!'],
          slots: ['date', 'date'].map((name) => ({ name, question: 'When?' })),
        },
        { tag: 'cancel', patterns: ['a  table!', 'cancel'], contextIn: ['booked', 'paid'] },
      ],
      { vectors: false },
    );
    const notes = [
      'The intent "book" says {tiem} as it stands: no slot and no entity is called so.',
      'The intent "book" has the slot "date" twice: the second is never asked for.',
      'The intent "cancel" waits for the context "booked" or "paid", which no intent opens.',
      'The phrase "a  table!" is one of "book" and of "cancel": it tells neither.',
    ];
    expect(made.notes).toEqual(notes);
    expect((await Chatbot.fromBytes(made.toBytes())).notes).toEqual([]);
    expect(bot.notes).toEqual([]);
  });

  it('gives the same bytes each time', async () => {
    const { intents } = bank;
    const two = async () => (await Chatbot.train(intents.slice(0, 2))).toBytes();
    expect(await two()).toEqual(await two());
  });

  it('refuses what is no bot', async () => {
    await expect(Chatbot.train([{ tag: 'a', patterns: ['x'] }])).rejects.toMatchObject({
      code: 'too-little-data',
    });
    await expect(Chatbot.train(bank, { threshold: 2 })).rejects.toThrow('threshold must be');
    await expect(Chatbot.train(bank, { vectors: 'glove' as never })).rejects.toThrow(
      'vectors must be KeyedVectors',
    );
    const misspelled = Chatbot.train(bank, { treshold: 0.5 } as never);
    await expect(misspelled).rejects.toThrow('Chatbot.train has no option "treshold"');
  });
});

it('dialogues tell what went otherwise', async () => {
  const faults = await testDialogues(bot, [
    {
      story: 'hello',
      steps: [
        { user: 'Hello', intent: 'greeting' },
        { user: 'Bye', bot: 'So long!', contains: 'meal' },
      ],
    },
    { story: 'odd', steps: [{ user: 'who composed the Four Seasons', intent: 'menu' }] },
  ]);
  expect(faults).toEqual([
    {
      story: 'hello',
      step: 2,
      user: 'Bye',
      expected: '"So long!"',
      found: '"Goodbye, and enjoy your meal!"',
    },
    {
      story: 'odd',
      step: 1,
      user: 'who composed the Four Seasons',
      expected: 'intent menu',
      found: 'intent none',
    },
  ]);
  await expect(testDialogues(bot, [])).rejects.toThrow('at least 1');
});

it('the two files of messages share nothing with what bots are trained on', () => {
  for (const name of ['hotel', 'shop']) {
    const read = (end: string) => readFileSync(`test/data/intents/${name}${end}.json`, 'utf8');
    const { intents } = JSON.parse(read('')) as Intents;
    const asked = JSON.parse(read('-messages')) as typeof messages;
    const phrases = new Set(intents.flatMap(({ patterns }) => patterns.map((text) => text.toLowerCase())));
    const all = [...asked.paraphrases.map(({ text }) => text), ...asked.outOfScope];
    expect(all.filter((text) => phrases.has(text.toLowerCase()))).toEqual([]);
  }
});
