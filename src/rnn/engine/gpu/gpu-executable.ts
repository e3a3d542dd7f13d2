import { SeqkitError } from '../../../base/errors.js';
import type { Executable } from '../../program/engine.js';
import type { Buffer, Program } from '../../program/program.js';
import { backendFacts } from './gpu-backend.js';
import type { GpuBackend } from './gpu-backend.js';
import { failOnDeviceErrors } from './device-errors.js';
import { modesThatRan } from './gpujs.js';
import type { GpuInput, GpuJs, GpuPipeline } from './gpujs.js';
import { setAll } from './kept-buffers.js';
import type { KeptBuffers } from './kept-buffers.js';
import { lowerProgram } from './lower-program.js';
import { createPlanPipeline, resultName } from './pipeline.js';
import type { KernelCache } from './pipeline.js';
import type { Plan } from './plan/plan.js';

/** What gpu.js says of a run, and how much there was to launch. */
export interface GpuRunReport {
  /** The mode of the kernels that ran. */
  readonly backend: string | null;
  readonly executorKind: string;
  /** Why gpu.js did not fuse the program into one submission; null where it did. */
  readonly fallbackReason: string | null;
  /** Kernel calls in one run. */
  readonly calls: number;
}

/** A program as one gpu.js pipeline: a run uploads what it reads and reads back what it made. */
export class GpuExecutable implements Executable {
  readonly #plan: Plan;
  readonly #pipeline: GpuPipeline;
  readonly #own = new Map<string, Float32Array>();
  #report: GpuRunReport | undefined;

  constructor(
    readonly program: Program,
    readonly kept: KeptBuffers,
    kernels: KernelCache,
    readonly gpuJs: GpuJs,
    readonly backend: GpuBackend,
  ) {
    this.#plan = lowerProgram(program);
    for (const buffer of program.buffers) {
      if (isKept(buffer)) kept.declare(buffer, program.name);
      else if (buffer.kind !== 'temporary') this.#own.set(buffer.name, new Float32Array(buffer.size));
    }
    this.#pipeline = createPlanPipeline(this.#plan, kernels);
  }

  /** What ran, once something has. */
  get report(): GpuRunReport | undefined {
    return this.#report;
  }

  write(input: string, values: ArrayLike<number>): void {
    setAll(this.#find(input), values, input);
  }

  read(output: string): Float32Array {
    return this.#find(output);
  }

  run(): Promise<void> {
    return this.kept.inTurn(async () => {
      if (this.#plan.calls.length === 0) return;
      const results = await this.#launch();
      this.#report ??= this.#confirm();
      for (const { buffer, window } of this.#plan.downloads) {
        const data = this.#dataOf(buffer);
        const { row, col, rows, cols } = window;
        const made = results[resultName(window.value)];
        for (let r = 0; r < rows; r++) data.set(made[row + r].subarray(col, col + cols), r * cols);
      }
    });
  }

  dispose(): void {
    this.#own.clear();
    void this.#pipeline.destroy();
  }

  async #launch(): Promise<Record<string, Float32Array[]>> {
    try {
      const launch = () => this.#pipeline(...this.#uploads());
      const isFirst = this.#report === undefined;
      return await (isFirst && this.backend === 'webgpu' ? failOnDeviceErrors(this.gpuJs, launch) : launch());
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SeqkitError(`gpu.js could not run "${this.program.name}" on ${this.backend}: ${reason}`, {
        code: 'engine',
        hint: "Choose another backend, or take engine: 'wasm'.",
        cause,
      });
    }
  }

  #uploads(): GpuInput[] {
    return this.#plan.uploads.map(({ buffer, value }) => {
      return this.gpuJs.input(this.#dataOf(buffer), [value.cols, value.rows]);
    });
  }

  /** Fails where gpu.js went on somewhere else than it was told, as it does without a word. */
  #confirm(): GpuRunReport {
    const { backend, executorKind, fallbackReason } = this.#pipeline;
    const { reported, fuses } = backendFacts[this.backend];
    const modes = modesThatRan(this.#pipeline);
    const elsewhere = modes.some((mode) => mode !== reported);
    if (elsewhere || (fuses && !executorKind.startsWith('fused'))) {
      throw new SeqkitError(
        `The gpu engine was to run "${this.program.name}" on ${this.backend}; ` +
          `gpu.js ran it on ${modes.join(' and ')} (${executorKind}${fallbackReason ? `: ${fallbackReason}` : ''}).`,
        { code: 'engine', hint: "Choose another backend, or take engine: 'wasm'." },
      );
    }
    return { backend, executorKind, fallbackReason, calls: this.#plan.calls.length };
  }

  #dataOf(buffer: Buffer): Float32Array {
    return isKept(buffer) ? this.kept.get(buffer.name) : this.#find(buffer.name);
  }

  #find(name: string): Float32Array {
    const data = this.#own.get(name);
    if (data === undefined) throw new RangeError(`the program "${this.program.name}" has no "${name}"`);
    return data;
  }
}

const isKept = (buffer: Buffer): boolean => buffer.kind === 'parameter' || buffer.kind === 'state';
