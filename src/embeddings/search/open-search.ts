import { SeqkitError } from '../../base/errors.js';
import type { WordsAndRows } from '../formats/seqkit-file.js';
import { hardwareThreads } from '../../base/host/thread-support.js';
import { FloatRows, HalfRows, Int8Rows, type Rows } from '../vectors/rows.js';
import type { ScanPool } from '../scan/scan-pool.js';
import { RowSearch } from './search.js';
import type { SearchOptions } from './search-options.js';

/** More threads than this only wait for memory. */
const MAX_THREADS = 8;

/** Makes vectors ready to be searched, by the kernels where they reach them. */
export async function openSearch(
  { rows, memory: home }: WordsAndRows,
  options: SearchOptions,
): Promise<RowSearch> {
  // A program that laid the file out anew may have left its tensors unaligned, so that they were copied.
  const memory = home && arraysOf(rows).every((array) => home.holds(array)) ? home : undefined;
  const { int8Search = false, threads } = options;
  if (int8Search && !(rows instanceof FloatRows && memory !== undefined)) {
    throw new SeqkitError('int8Search is for files of 32-bit floats; these vectors are kept otherwise.', {
      code: 'bad-value',
      hint: 'Leave it out: fewer bits are quick to search as they are.',
    });
  }
  if (memory === undefined) return new RowSearch(rows);
  const { compileScanKernels, instantiateScanKernels } = await import('../scan/scan-kernels.js');
  const { Scanner } = await import('../scan/scanner.js');
  const module = await compileScanKernels(memory.shared);
  const kernels = instantiateScanKernels(module, memory.memory);
  const count = threads ?? Math.min(MAX_THREADS, hardwareThreads());
  let startPool: (() => ScanPool) | undefined;
  if (count > 1 && memory.shared) {
    const { ScanPool } = await import('../scan/scan-pool.js');
    startPool = () => new ScanPool(memory, module, kernels, count);
  }
  const scanner = int8Search
    ? Scanner.beside(rows as FloatRows, memory, kernels, startPool)
    : Scanner.of(rows, memory, kernels, startPool);
  return new RowSearch(rows, scanner);
}

function arraysOf(rows: Rows): ArrayBufferView[] {
  if (rows instanceof Int8Rows) return [rows.data, rows.scales, rows.norms];
  return rows instanceof FloatRows || rows instanceof HalfRows ? [rows.data, rows.norms] : [];
}
