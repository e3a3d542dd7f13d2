import { describe, expect, it } from 'vitest';
import { EntityFinder } from '../../src/tasks/chatbot/entity-finder.js';
import { readMarks } from '../../src/tasks/chatbot/entity-marks.js';
import { parseIntents } from '../../src/tasks/chatbot/intents.js';
import { readIntents } from '../../src/tasks/chatbot/read-intents.js';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('marks in phrases', () => {
  it('are taken out, and name values', () => {
    expect(readMarks('from [Rome](city) to [the big apple](city:New York) [now](date)', 'x')).toEqual({
      text: 'from Rome to the big apple now',
      entities: [
        { entity: 'city', value: 'Rome', text: 'Rome' },
        { entity: 'city', value: 'New York', text: 'the big apple' },
        { entity: 'date', value: 'now', text: 'now' },
      ],
    });
    expect(readMarks('to [NYC]{"entity": "city", "value": "New York"}', 'x').entities).toEqual([
      { entity: 'city', value: 'New York', text: 'NYC' },
    ]);
    expect(readMarks('an [array] (plain)', 'x')).toEqual({ text: 'an [array] (plain)', entities: [] });
    expect(() => readMarks('[a]{"value": "b"}', 'hello: patterns[0]')).toThrow(
      'hello: patterns[0]: the mark {"value": "b"} names no entity.',
    );
  });
});

describe('intents', () => {
  it('have their defaults, and take other spellings of their entries', () => {
    const { intents, fallback, language } = parseIntents([
      { tag: 'yes', patterns: ['yes'], context_filter: 'asked', context_set: '' },
      { tag: 'book', patterns: ['book'], responses: ['ok'], slots: [{ name: 'date', question: 'When?' }] },
    ]);
    expect(intents).toEqual([
      { tag: 'yes', patterns: ['yes'], responses: [], contextIn: ['asked'], contextOut: [], slots: [] },
      {
        tag: 'book',
        patterns: ['book'],
        responses: ['ok'],
        contextIn: [],
        contextOut: [],
        slots: [{ name: 'date', question: 'When?', entity: 'date' }],
      },
    ]);
    expect(fallback).toEqual(['Sorry, I did not understand that.']);
    expect(language).toBe('en');
  });

  it.each([
    [{ intents: [] }, 'intents: intents must be an array with at least 1'],
    [[{ tag: 'a' }], 'intents: intents[0] needs the option "patterns"'],
    [[{ tag: 'a', patterns: [] }], 'patterns must be an array with at least 1'],
    [[{ tag: 'a', pattern: ['x'] }], 'has no option "pattern"'],
    [
      [
        { tag: 'a', patterns: ['x'] },
        { tag: 'a', patterns: ['y'] },
      ],
      'two intents with the tag "a"',
    ],
    [
      { intents: [{ tag: 'a', patterns: ['x'] }], entities: { n: { pattern: '(' } } },
      'no regular expression',
    ],
    [{ intents: [{ tag: 'a', patterns: ['x'], slots: [{ name: 'd' }] }] }, 'needs the option "question"'],
    ['intents', 'must be an object'],
  ])('are refused: %j', (given, message) => {
    expect(() => parseIntents(given)).toThrow(message);
  });
});

describe('readIntents', () => {
  it("reads Rasa's training data", async () => {
    const { intents, entities } = await readIntents(
      bytes(`version: "3.1"
nlu:
- intent: greet
  examples: |
    - hey
    - good day
- intent: travel
  examples: |
    - to [Rome](city)
    - fly to [NYC]{"entity": "city", "value": "New York"}
- synonym: New York
  examples: |
    - big apple
- lookup: city
  examples: |
    - Oslo
    - New York
- regex: zip
  examples: |
    - \\d{5}
responses:
  utter_greet:
  - text: "Hello!"
  utter_trip:
  - text: "Have a good trip!"
rules:
- rule: trips
  steps:
  - intent: travel
  - action: utter_trip
`),
    );
    expect(intents.map(({ tag, patterns, responses }) => ({ tag, patterns, responses }))).toEqual([
      { tag: 'greet', patterns: ['hey', 'good day'], responses: ['Hello!'] },
      {
        tag: 'travel',
        patterns: ['to [Rome](city)', 'fly to [NYC]{"entity": "city", "value": "New York"}'],
        responses: ['Have a good trip!'],
      },
    ]);
    expect(entities).toEqual({
      city: { values: { Oslo: [], 'New York': ['big apple'] } },
      zip: { pattern: '(?:\\d{5})' },
    });
  });

  it('reads a corpus of node-nlp', async () => {
    const corpus = {
      name: 'Corpus',
      locale: 'fr-FR',
      data: [
        {
          intent: 'travel',
          utterances: ['aller à @city', '%city% svp'],
          answers: ['Vers {{ city }} !'],
          slotFilling: { city: 'Où ?' },
        },
        { intent: 'None', utterances: ['blabla'] },
      ],
      entities: { city: { options: { Rome: ['Rome', 'Roma'] } } },
    };
    expect(await readIntents(bytes(JSON.stringify(corpus)))).toEqual({
      intents: [
        {
          tag: 'travel',
          patterns: ['aller à [Rome](city)', '[Rome](city) svp'],
          responses: ['Vers {city} !'],
          contextIn: [],
          contextOut: [],
          slots: [{ name: 'city', entity: 'city', question: 'Où ?' }],
        },
      ],
      entities: { city: { values: { Rome: ['Rome', 'Roma'] } } },
      fallback: ['Sorry, I did not understand that.'],
      outOfScope: ['blabla'],
      language: 'fr',
    });
  });

  it.each([
    ['{', 'is not JSON'],
    ['[]', 'intents must be an array with at least 1'],
    ['{"a": 1}', 'has no intents'],
    ['nlu: 3', 'nlu should be a list'],
    ['nlu:\n- intent: a\n  examples: |\n    hello', 'has no hyphen before it'],
    ['nlu:\n- intent: [', 'is not YAML'],
    ['just text', 'has no intents'],
    ['{"data": {}}', 'data should be a list'],
    ['{"data": [{"utterances": ["x"]}]}', 'intents[0] needs the option "tag"'],
    ['['.repeat(10_000), 'more than 50 levels'],
  ])('refuses %j', async (text, message) => {
    const refused = readIntents(bytes(text));
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toMatchObject({ code: 'bad-file' });
  });

  it('refuses YAML that grows out of aliases', async () => {
    let bomb = 'a: &a [x, x, x, x, x, x, x, x, x]\n';
    for (const [now, before] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf']) {
      bomb += `${now}: &${now} [${Array(9).fill(`*${before}`).join(', ')}]\n`;
    }
    await expect(readIntents(bytes(`${bomb}nlu: []\n`))).rejects.toThrow('is not YAML');
  });
});

describe('entities', () => {
  const finder = new EntityFinder(
    {
      city: { values: { 'New York': ['big apple', 'NYC'], York: [] } },
      flight: { pattern: '[A-Z]{2}\\d{3,4}' },
    },
    [{ entity: 'meal', value: 'vegan', text: 'plant based' }],
    ['city', 'flight', 'meal', 'date', 'time', 'number', 'email'],
    ['I want to travel'],
  );
  const found = (text: string) => finder.find(text).map(({ entity, value, text: t }) => [entity, value, t]);

  it.each([
    [
      'to NEW york, not york',
      [
        ['city', 'New York', 'NEW york'],
        ['city', 'York', 'york'],
      ],
    ],
    ['the big apple', [['city', 'New York', 'big apple']]],
    ['Plant based food', [['meal', 'vegan', 'Plant based']]],
    [
      'flight lh1234 tomorrow at 7 pm',
      [
        ['flight', 'lh1234', 'lh1234'],
        ['date', 'tomorrow', 'tomorrow'],
        ['time', '7 pm', '7 pm'],
      ],
    ],
    [
      'for three people next friday at 19:30',
      [
        ['number', 'three', 'three'],
        ['date', 'next friday', 'next friday'],
        ['time', '19:30', '19:30'],
      ],
    ],
    [
      'tommorow or saterday',
      [
        ['date', 'tomorrow', 'tommorow'],
        ['date', 'saturday', 'saterday'],
      ],
    ],
    ['write to a.b@example.org', [['email', 'a.b@example.org', 'a.b@example.org']]],
    [
      'on 2026-03-01, or 3rd of march',
      [
        ['date', '2026-03-01', '2026-03-01'],
        ['date', '3rd of march', '3rd of march'],
      ],
    ],
    ['nothing here', []],
  ])('are found in %j', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  it('have their place in the message', () => {
    const text = 'fly to NYC 🙂 at noon';
    for (const { start, end, text: written } of finder.find(text))
      expect(text.slice(start, end)).toBe(written);
    expect(finder.knows('date')).toBe(true);
    expect(finder.knows('name')).toBe(false);
  });
});
