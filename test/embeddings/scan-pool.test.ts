import { expect, it, vi } from 'vitest';
import { Board, RowKind, type ScanJob } from '../../src/embeddings/scan/scan-job.js';
import {
  compileScanKernels,
  instantiateScanKernels,
  type ScanKernels,
} from '../../src/embeddings/scan/scan-kernels.js';
import { ScanPool } from '../../src/embeddings/scan/scan-pool.js';
import { VectorMemory } from '../../src/embeddings/scan/vector-memory.js';

const [count, width] = [64_000, 16];

it('a scan ends with all scores where a thread was ended with rows that it had claimed', async () => {
  const memory = new VectorMemory(true);
  const module = await compileScanKernels(true);
  const kernels = instantiateScanKernels(module, memory.memory);
  const allocate = vi.spyOn(memory, 'allocate');
  const scanned: [begin: number, end: number][] = [];
  let stolen = false;
  const watched: ScanKernels = {
    ...kernels,
    scanFloats(...args) {
      const [begin, end] = args.slice(-2);
      scanned.push([begin, end]);
      if (stolen) return;
      // As a thread does that claims a chunk and is gone.
      stolen = true;
      Atomics.add(new Int32Array(memory.memory.buffer, board, Board.words), Board.claims, 1);
    },
  };
  const pool = new ScanPool(memory, module, watched, 1);
  const board = allocate.mock.results[0].value as number;
  const at = 0;
  const job: ScanJob = {
    ...{ kind: RowKind.floats, rows: at, width, count, norms: at, scales: at, errors: 0 },
    ...{ query: at, queryScale: 1, scores: at, maxima: at },
  };
  const started = performance.now();
  pool.run(job, width * 4);
  expect(performance.now() - started).toBeGreaterThan(4_900);
  // Once more from the first to the last.
  expect(scanned.at(-1)).toEqual([0, count]);
  expect(scanned.slice(0, -1).reduce((sum, [begin, end]) => sum + end - begin, 0)).toBeLessThan(count);
}, 30_000);
