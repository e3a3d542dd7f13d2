import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../src/base/encoding/safetensors.js';
import { SeqkitError } from '../../src/base/errors.js';
import { TextModel } from '../../src/text/index.js';
import { wrongValues } from '../support/wrong-values.js';

const sample = 'the cat sat on the mat. the dog sat on the log. ';
const small = { cell: 'gru', units: 3, layers: 1, engine: 'wasm', threads: 1 } as const;
const fitting = { batchSize: 1, seqLength: 4, steps: 2, heldOut: 0.2 };

async function trained(): Promise<TextModel> {
  const model = new TextModel(small);
  await model.fit(sample, fitting);
  return model;
}

describe('a text model', () => {
  it('does nothing after dispose', async () => {
    const model = await trained();
    const session = model.session();
    session.feed('the');
    session.dispose();
    const stream = model.stream({ length: 5 });
    stream.next();
    await model.dispose();
    await model.dispose();
    const calls: (() => unknown)[] = [
      ...[() => model.fit(sample, fitting), () => model.evaluate(sample), () => model.generate()],
      ...[
        () => model.generateSamples(),
        () => model.streamSamples(),
        () => model.stream(),
        () => model.session(),
      ],
      ...[
        () => model.stepper(),
        () => model.toBytes(),
        () => model.save('/nowhere/x'),
        () => model.vocabulary,
      ],
      ...[() => model.countParameters(), () => model.hasSeen('a line'), () => stream.next()],
      ...[() => session.feed('a'), () => session.predict(), () => session.next(), () => session.reset()],
    ];
    for (const call of calls) {
      await expect((async () => call())(), String(call)).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining('was disposed') as string,
      });
    }
  });

  it('trains once at a time', async () => {
    const model = new TextModel(small);
    const first = model.fit(sample, fitting);
    await expect(model.fit(sample, fitting)).rejects.toThrow('is busy: fit was called while fit goes on');
    await first;
    expect(model.toBytes()).toEqual((await trained()).toBytes());
    await model.dispose();
  });

  it('ends a training when it is disposed of, and says so', async () => {
    const model = new TextModel(small);
    let started = (): void => undefined;
    const running = new Promise<void>((resolve) => (started = resolve));
    const training = model.fit(sample, { ...fitting, steps: 1_000_000, onProgress: () => started() });
    const refused = expect(training).rejects.toMatchObject({ code: 'stopped' });
    await running;
    await model[Symbol.asyncDispose]();
    await refused;
  });
});

describe('the description in a file of a text model', () => {
  it('is refused where any of its entries is wrong', { timeout: 20_000 }, async () => {
    const { tensors, metadata } = decodeSafetensors((await trained()).toBytes(), 'x');
    const settings = JSON.parse(metadata['settings']) as Record<string, unknown>;
    const architecture = settings['architecture'] as Record<string, unknown>;
    const open = (changed: unknown): Promise<TextModel> =>
      TextModel.fromBytes(
        encodeSafetensors(Object.fromEntries(tensors), { ...metadata, settings: JSON.stringify(changed) }),
        { engine: 'wasm', threads: 1 },
      );
    await (await open(settings)).dispose();
    // Functions, symbols and whole numbers without end do not get into JSON.
    const values = wrongValues.filter(
      ([, value]) => !['bigint', 'symbol', 'function'].includes(typeof value),
    );
    const tried = [...values, ['a vast size', 1e9], ['another', 65_536]] as const;
    const attempt = async (title: string, changed: unknown): Promise<void> => {
      try {
        const model = await open(changed);
        expect(model.generate({ length: 3 })).toHaveLength(3);
        await model.dispose();
      } catch (error) {
        expect(error, title).toBeInstanceOf(SeqkitError);
        expect(error, title).toMatchObject({ code: 'bad-file' });
      }
    };
    for (const [title, value] of tried) {
      for (const key of Object.keys(settings))
        await attempt(`${key} ${title}`, { ...settings, [key]: value });
      for (const key of Object.keys(architecture)) {
        const changed = { ...settings, architecture: { ...architecture, [key]: value } };
        await attempt(`architecture.${key} ${title}`, changed);
      }
    }
  });

  it.each([
    [{ units: 4 }, '1 recurrent layers, gru, of 4 units; its weights are others'],
    [{ layers: 2 }, '2 recurrent layers'],
    [{ cell: 'lstm' }, 'lstm, of 3 units; its weights are others'],
  ])('is held against the weights: %j', async (changed, message) => {
    const { tensors, metadata } = decodeSafetensors((await trained()).toBytes(), 'x');
    const settings = JSON.parse(metadata['settings']) as { architecture: object };
    const claims = { ...settings, architecture: { ...settings.architecture, ...changed } };
    const bytes = encodeSafetensors(Object.fromEntries(tensors), {
      ...metadata,
      settings: JSON.stringify(claims),
    });
    await expect(TextModel.fromBytes(bytes)).rejects.toThrow(message);
  });
});
