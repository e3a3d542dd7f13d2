import type { KernelName } from '../../program/kernels.js';
import { operands, type Program, type Step } from '../../program/program.js';

/** What an element of any other kernel costs about, beside a multiplication and an addition in a product. */
const PER_ELEMENT = 8;

/** About how many arithmetic operations a program takes. */
export function workOf(program: Program): number {
  return program.steps.reduce((total, step) => total + workOfStep(step), 0);
}

function workOfStep(step: Step): number {
  if (is(step, 'gemm')) {
    const { inputs, outputs, settings } = step;
    const depth = settings.transposeA ? inputs.a.rows : inputs.a.cols;
    return 2 * outputs.c.rows * outputs.c.cols * depth;
  }
  if (is(step, 'conv1d')) return 2 * step.outputs.y.rows * step.outputs.y.cols * step.inputs.kernel.rows;
  if (is(step, 'conv1dKernelGradient')) {
    return 2 * step.inputs.dy.rows * step.inputs.dy.cols * step.outputs.dKernel.rows;
  }
  if (is(step, 'conv1dInputGradient')) {
    return 2 * step.inputs.dy.rows * step.inputs.dy.cols * step.inputs.kernel.rows;
  }
  if (is(step, 'conv2d')) return 2 * step.outputs.y.rows * step.outputs.y.cols * step.inputs.kernel.rows;
  if (is(step, 'conv2dKernelGradient')) {
    return 2 * step.inputs.dy.rows * step.inputs.dy.cols * step.outputs.dKernel.rows;
  }
  if (is(step, 'conv2dInputGradient')) {
    return 2 * step.inputs.dy.rows * step.inputs.dy.cols * step.inputs.kernel.rows;
  }
  return operands(step).outputs.reduce((sum, { rows, cols }) => sum + rows * cols * PER_ELEMENT, 0);
}

function is<Name extends KernelName>(step: Step, kernel: Name): step is Step<Name> {
  return step.kernel === kernel;
}
