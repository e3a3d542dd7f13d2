import { kernelSource } from './kernel-source.js';
import type { Readers } from './kernel-source.js';
import { MAX_INPUTS } from './plan.js';
import type { Call, Value, Window } from './plan.js';

/** Collects the kernel calls of a plan and numbers the values. */
export class CallList {
  readonly calls: Call[] = [];
  #values = 0;

  /** A value that no call has made yet. */
  value(rows: number, cols: number): Value {
    return { id: this.#values++, rows, cols };
  }

  /** One kernel call: a matrix (rows, cols) of what `body` returns for each element. */
  call<Inputs extends Partial<Record<string, Window>>>(
    rows: number,
    cols: number,
    inputs: Inputs,
    body: (at: Readers<Inputs>) => string,
  ): Value {
    const windows = Object.values(inputs as Record<string, Window>);
    if (windows.length > MAX_INPUTS) throw new RangeError(`${windows.length} arrays in one kernel`);
    const output = this.value(rows, cols);
    const arrays = windows.map(({ value }) => value);
    this.calls.push({ ...kernelSource(inputs, body), arrays, output });
    return output;
  }
}
