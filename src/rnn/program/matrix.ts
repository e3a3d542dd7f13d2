import type { CarriedState } from './carried-state.js';

/**
 * - `parameter`: weights, kept between runs and shared by the programs of a session.
 * - `state`: kept and shared likewise: optimizer moments, running statistics, carried h and c.
 * - `input`: written by the host before a run.
 * - `output`: read by the host after a run.
 * - `temporary`: alive within one run; engines may let two share memory. Not zero at the start.
 */
export type BufferKind = 'parameter' | 'state' | 'input' | 'output' | 'temporary';

/** A named run of numbers. Names are unique within a program; kept buffers within a session. */
export interface Buffer {
  readonly name: string;
  readonly kind: BufferKind;
  /** How many numbers. */
  readonly size: number;
  /** Of a `state` that a recurrent layer carries from run to run: whose it is. */
  readonly carried?: CarriedState;
}

/** A row-major view of a buffer: element (r, c) stands at offset + r * rowStride + c. */
export interface Matrix {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly rows: number;
  readonly cols: number;
  readonly rowStride: number;
}
