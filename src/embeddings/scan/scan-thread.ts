import { READY, runThread } from '../../base/host/threads.js';
import { Board, readJob, workOn, type ScanThreadData } from './scan-job.js';
import { instantiateScanKernels } from './scan-kernels.js';

// A thread that helps with scans. It sleeps on the board between them, and asks to be ended when
// none has come for a while.

runThread(({ data, starter }) => {
  const { memory, module, board: address, idleMs } = data as ScanThreadData;
  const kernels = instantiateScanKernels(module, memory);
  const board = new Int32Array(memory.buffer, address, Board.words);
  starter.post(READY);
  let seen = 0;
  for (;;) {
    const scan = Atomics.load(board, Board.scan);
    if (scan !== seen) {
      seen = scan;
      workOn(board, scan, readJob(board), kernels);
    } else if (Atomics.wait(board, Board.scan, scan, idleMs) === 'timed-out') break;
  }
  starter.post('idle');
});
