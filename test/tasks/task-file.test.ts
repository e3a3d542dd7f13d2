import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../src/base/encoding/safetensors.js';
import { decodeTask, encodeTask, readTask } from '../../src/tasks/file/task-file.js';

const array = (...data: number[]) =>
  ({ dtype: 'F32', shape: [data.length], data: Float32Array.from(data) }) as const;
const inner = encodeTask({
  kind: 'Inner',
  settings: { labels: ['a'] },
  tensors: { idf: array(3) },
  parts: { network: encodeSafetensors({ 'dense/kernel': array(1, 2) }, { format: 'seqkit', model: '{}' }) },
});

describe('the file of a task', () => {
  it('holds parts, and parts of parts, array by array', () => {
    const bytes = encodeTask({
      kind: 'Outer',
      settings: { name: 'ö' },
      tensors: { idf: array(4) },
      parts: { intents: inner },
    });
    const flat = decodeSafetensors(bytes, 'flat');
    expect([...flat.tensors.keys()].sort()).toEqual(['idf', 'intents/idf', 'intents/network/dense/kernel']);
    const outer = decodeTask(bytes, 'outer');
    expect(outer.kind).toBe('Outer');
    expect(outer.settings).toEqual({ name: 'ö' });
    expect([...outer.tensors.get('idf')!.data]).toEqual([4]);
    expect(outer.digest).toBe('verified');
    const again = decodeTask(outer.parts.get('intents')!, 'inner');
    expect(again.settings).toEqual({ labels: ['a'] });
    expect([...again.tensors.get('idf')!.data]).toEqual([3]);
    const network = decodeSafetensors(again.parts.get('network')!, 'network');
    expect([...network.tensors.get('dense/kernel')!.data]).toEqual([1, 2]);
    expect(network.metadata).toEqual({ format: 'seqkit', model: '{}' });
  });

  it('is refused where it is of another kind, of a later release or damaged', async () => {
    await expect(readTask(inner, 'SequenceClassifier')).rejects.toThrow(
      'The model holds a Inner, not a SequenceClassifier.',
    );
    const later = (metadata: Record<string, string>) =>
      encodeSafetensors(
        {},
        { format: 'seqkit-task', formatVersion: '1', kind: 'x', settings: '{}', ...metadata },
      );
    const refused = (metadata: Record<string, string>) => () => decodeTask(later(metadata), 'file');
    expect(refused({ formatVersion: '2' })).toThrow('file has format version 2; this release reads up to 1.');
    expect(refused({ format: 'other' })).toThrow('not the model of a task');
    expect(refused({ settings: '[]' })).toThrow('damaged settings');
    expect(refused({ settings: '['.repeat(1000) })).toThrow('damaged description');
    expect(refused({ parts: '["a/b"]' })).toThrow('damaged list of its parts');
    const damaged = inner.slice();
    damaged[damaged.length - 1] ^= 1;
    expect(() => decodeTask(damaged, 'file')).toThrow('file is damaged');
  });

  it('is not written with numbers that are none', () => {
    expect(() => encodeTask({ kind: 'x', settings: {}, tensors: { idf: array(NaN) } })).toThrow('not finite');
  });
});
