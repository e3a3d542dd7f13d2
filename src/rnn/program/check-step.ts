import { SeqkitError } from '../../base/errors.js';
import { nearestName, shown } from '../../base/schema/index.js';
import { kernelOperands } from './kernel-operands.js';
import type { Matrix } from './matrix.js';

/** One side of an operand: `count` times a letter, a sum of letters and numbers, or any number. */
interface Side {
  readonly text: string;
  readonly count: number;
  readonly terms: readonly string[];
}

interface Operand {
  readonly name: string;
  readonly isOptional: boolean;
  readonly rows: Side;
  readonly cols: Side;
}

interface Signature {
  readonly operands: readonly Operand[];
  readonly settings: readonly string[];
  /** Sides of letters first: they say what the letters of sums are. */
  readonly sides: readonly { readonly operand: Operand; readonly side: 'rows' | 'cols' }[];
}

/** The parts of a step, of which code without types may give anything. */
type Parts = object | null | undefined;

const signatures = new Map<string, Signature>(
  Object.entries(kernelOperands).flatMap(([name, { shapes, settings }]) => [
    [name, signature(shapes, settings)] as const,
    ...(name === 'gemm' ? transposedGemms(shapes, settings) : []),
  ]),
);

/**
 * Holds a step against what its kernel takes.
 * @param kernel its name, of whatever kind
 * @throws SeqkitError `usage` for a kernel, an operand or a setting that there is not or that is missing, `bad-shape` for
 *   operands that do not fit each other
 */
export function checkStep(kernel: string, inputs: Parts, outputs: Parts, settings: Parts): void {
  const form = signatures.get(kernel === 'gemm' ? gemmForm(settings) : kernel);
  if (!form || !Object.hasOwn(kernelOperands, kernel)) throw unknownKernel(kernel);
  const given = { ...inputs, ...outputs } as Record<string, Partial<Matrix> | undefined>;
  for (const { name, isOptional } of form.operands) {
    const matrix = given[name];
    if (matrix === undefined && isOptional) continue;
    if (typeof matrix?.rows !== 'number' || typeof matrix.cols !== 'number' || !matrix.buffer) {
      const hint =
        typeof matrix === 'object'
          ? 'Take trace.weight(weight) of a weight, and .matrix of a signal or of a gradient.'
          : `${kernel} takes ${form.operands.map((operand) => operand.name).join(', ')}.`;
      refuse(`The kernel ${kernel} needs a matrix as ${name}, not ${shown(matrix)}.`, hint);
    }
  }
  const stray = Object.keys(given).find((name) => !form.operands.some((operand) => operand.name === name));
  if (stray !== undefined) {
    const names = form.operands.map(({ name }) => name).join(', ');
    refuse(`The kernel ${kernel} has no operand ${shown(stray)}.`, `It takes ${names}.`);
  }
  const said = { ...settings } as Record<string, unknown>;
  const lacking = form.settings.find((name) => said[name] === undefined);
  if (lacking !== undefined) {
    const names = form.settings.join(', ');
    refuse(`The kernel ${kernel} needs the setting ${lacking}.`, `Its settings are { ${names} }.`);
  }
  checkShapes(kernel, form, given as Record<string, Matrix | undefined>);
}

function checkShapes(kernel: string, form: Signature, given: Record<string, Matrix | undefined>): void {
  const sizes = new Map<string, number>();
  for (const { operand, side } of form.sides) {
    const matrix = given[operand.name];
    if (matrix === undefined) continue;
    const { count, terms } = operand[side];
    const [first] = terms;
    const found = matrix[side];
    if (terms.length === 1 && isLetter(first) && !sizes.has(first)) sizes.set(first, found / count);
    const total = terms.reduce((sum, term) => sum + (isLetter(term) ? sizes.get(term)! : Number(term)), 0);
    if (count * total === found && Number.isInteger(total)) continue;
    const all = form.operands.flatMap(({ name, rows, cols }) => {
      const one = given[name];
      return one ? [`${name} (${rows.text}, ${cols.text}) is (${one.rows}, ${one.cols})`] : [];
    });
    throw new SeqkitError(`The kernel ${kernel} got matrices that do not fit: ${all.join(', ')}.`, {
      code: 'bad-shape',
      hint: 'A letter is the same number in all of them. No kernel repeats rows or columns by itself.',
    });
  }
}

function unknownKernel(kernel: unknown): SeqkitError {
  const near = typeof kernel === 'string' ? nearestName(kernel, Object.keys(kernelOperands)) : undefined;
  return new SeqkitError(`There is no kernel ${shown(kernel)}.`, {
    code: 'usage',
    ...(near !== undefined && { hint: `Is it ${near}?` }),
  });
}

function refuse(message: string, hint: string): never {
  throw new SeqkitError(message, { code: 'usage', hint });
}

function signature(shapes: Readonly<Record<string, string>>, settings: readonly string[]): Signature {
  const operands = Object.entries(shapes).map(([name, shape]): Operand => {
    const [rows, cols] = shape.replace('?', '').split(' ');
    return { name, isOptional: shape.endsWith('?'), rows: sideOf(rows), cols: sideOf(cols) };
  });
  const all = operands.flatMap((operand) => [
    { operand, side: 'rows' as const },
    { operand, side: 'cols' as const },
  ]);
  const termsOf = ({ operand, side }: (typeof all)[number]): number => operand[side].terms.length;
  const sides = all.filter((one) => termsOf(one) > 0).sort((a, b) => termsOf(a) - termsOf(b));
  return { operands, settings, sides };
}

function sideOf(text: string): Side {
  if (text === '*') return { text: 'any', count: 1, terms: [] };
  const [, count, letter] = /^(\d+)([A-Z])$/.exec(text) ?? [];
  return letter === undefined
    ? { text, count: 1, terms: text.split('+') }
    : { text, count: Number(count), terms: [letter] };
}

function isLetter(term: string): boolean {
  return term >= 'A';
}

function gemmForm(settings: Parts): string {
  const { transposeA, transposeB } = { ...settings } as { transposeA?: unknown; transposeB?: unknown };
  return `gemm${transposeA ? 'A' : ''}${transposeB ? 'B' : ''}`;
}

/** The signatures of a product that transposes, by the names that `gemmForm` gives. */
function transposedGemms(
  shapes: Readonly<Record<string, string>>,
  settings: readonly string[],
): (readonly [string, Signature])[] {
  const [a, b] = ['K R', 'C K'];
  return [
    ['gemmA', signature({ ...shapes, a }, settings)],
    ['gemmB', signature({ ...shapes, b }, settings)],
    ['gemmAB', signature({ ...shapes, a, b }, settings)],
  ];
}
