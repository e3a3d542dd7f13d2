import { SeqkitError } from '../../src/base/errors.js';
import { wrongValues } from './wrong-values.js';

/** An argument of a right call, and how wrong ones may be put in its place. */
export interface Argument {
  readonly value: unknown;
  /** Texts name files, which a call might write: only the empty one is tried. */
  readonly isPath?: boolean;
  /** The object's entries are not tried one by one: it is no table of options. */
  readonly isWhole?: boolean;
}

export const path = (value: string): Argument => ({ value, isPath: true });
export const whole = (value: unknown): Argument => ({ value, isWhole: true });

const isArgument = (given: unknown): given is Argument =>
  typeof given === 'object' && given !== null && ('isPath' in given || 'isWhole' in given);

/**
 * Puts every wrong value in the place of each argument, and of each option of an options object.
 * @param call of a function or method, with the right arguments
 * @returns what was neither refused by a SeqkitError nor answered: one line each
 */
export async function faultsOf(
  name: string,
  call: (...given: never[]) => unknown,
  given: readonly unknown[],
): Promise<string[]> {
  const args = given.map((one): Argument => (isArgument(one) ? one : { value: one }));
  const right = args.map(({ value }) => value);
  const faults: string[] = [];
  const attempt = async (title: string, values: readonly unknown[]): Promise<void> => {
    try {
      const answer = await outcome(call(...(values as never[])));
      if (typeof answer === 'number' && Number.isNaN(answer)) faults.push(`${title} gives NaN`);
    } catch (error) {
      if (!(error instanceof SeqkitError)) faults.push(`${title} throws ${String(error)}`);
    }
  };
  for (const [at, { value, isPath, isWhole }] of args.entries()) {
    for (const [title, wrong] of wrongValues) {
      if (isPath && typeof wrong === 'string' && wrong !== '') continue;
      await attempt(`${name}, argument ${at} ${title}`, right.with(at, wrong));
    }
    if (isWhole || Object.prototype.toString.call(value) !== '[object Object]') continue;
    if (Object.getPrototypeOf(value) !== Object.prototype) continue;
    for (const key of Object.keys(value as object)) {
      for (const [title, wrong] of wrongValues) {
        // What a function does when it is called is its own affair.
        if (title === 'a class' && /^on[A-Z]/.test(key)) continue;
        const options = { ...(value as object), [key]: wrong };
        await attempt(`${name}, ${key} ${title}`, right.with(at, options));
      }
    }
  }
  return faults;
}

/** What comes of a call in the end: a promise's value, the items of a generator. */
async function outcome(answer: unknown): Promise<unknown> {
  const made = await (answer as Promise<unknown>);
  if (typeof made !== 'object' || made === null || Array.isArray(made)) return made;
  if (Object.prototype.toString.call(made) === '[object AsyncGenerator]') {
    for await (const item of made as AsyncIterable<unknown>) void item;
  } else if (Object.prototype.toString.call(made) === '[object Generator]') {
    for (const item of made as Iterable<unknown>) void item;
  } else return made;
  return undefined;
}

/** The static and other methods of a class, those it inherits from ours too, without the constructor. */
export function methodsOf(Class: { prototype: object }): { statics: string[]; methods: string[] } {
  const named = (target: object, ends: readonly unknown[]): string[] => {
    const names = new Set<string>();
    for (
      let at: object | null = target;
      at && !ends.includes(at);
      at = Object.getPrototypeOf(at) as object | null
    ) {
      for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
        if (typeof value === 'function' && name !== 'constructor') names.add(name);
      }
    }
    return [...names].sort();
  };
  return {
    statics: named(Class, [Function.prototype, null]),
    methods: named(Class.prototype, [Object.prototype, null]),
  };
}
