import { SeqkitError } from '../../base/errors.js';
import { nearestName, wrongValue, type Schema } from '../../base/schema/index.js';

/** Names that look like a method of a callback, in our spelling or Keras's. */
const METHOD_LIKE = /^on(_|[A-Z])/;

/**
 * The schema of an object with some of these methods, its own or those of its class. Other names may stand there,
 * but none that looks like such a method.
 */
export function callbackWith<Callback extends object>(
  methods: readonly (keyof Callback & string)[],
): Schema<Callback> {
  const expected = `an object with methods such as ${methods[0]}`;
  return {
    expected,
    parse(value, name) {
      if (typeof value !== 'object' || value === null) {
        const hint =
          typeof value === 'function' ? `Give an object: { ${methods[0]}: (report) => ... }.` : undefined;
        throw wrongValue(name, expected, value, hint);
      }
      const found = namesOf(value).filter((method) => METHOD_LIKE.test(method));
      if (found.length === 0) throw wrongValue(name, expected, value);
      for (const method of found) {
        if (!(methods as readonly string[]).includes(method)) throw unknownMethod(name, method, methods);
        const given: unknown = (value as Record<string, unknown>)[method];
        if (given !== undefined && typeof given !== 'function') {
          throw wrongValue(`${name}.${method}`, 'a function', given);
        }
      }
      return value as Callback;
    },
  };
}

function unknownMethod(name: string, method: string, methods: readonly string[]): SeqkitError {
  const inCamelCase = method.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const near = methods.includes(inCamelCase) ? inCamelCase : nearestName(inCamelCase, methods);
  return new SeqkitError(`${name} has a method ${method}, which is never called.`, {
    code: 'usage',
    hint: near === undefined ? `Known are ${methods.join(', ')}.` : `Did you mean "${near}"?`,
  });
}

/** The names of an object and of its classes. */
function namesOf(value: object): string[] {
  const names = new Set<string>();
  let at: object | null = value;
  while (at && at !== Object.prototype) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
    at = Object.getPrototypeOf(at) as object | null;
  }
  return [...names];
}
