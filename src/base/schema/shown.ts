/** How many characters of a given text an error repeats. */
const LONGEST = 60;

/** A value as an error shows it: on one line, cut short, and without ever failing, whatever came. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'function':
      return value.name === '' ? 'a function' : `the function ${visible(value.name)}`;
    case 'bigint':
      return `${value}n`;
    case 'symbol':
      return 'a symbol';
    case 'object':
      return value === null ? 'null' : shownObject(value);
    default:
      return Object.is(value, -0) ? '-0' : String(value);
  }
}

/** Text in quotes, with control characters made visible, cut after sixty characters. */
export function quoted(text: string): string {
  return text.length <= LONGEST ? escaped(text) : `${escaped(text.slice(0, LONGEST))}...`;
}

function escaped(text: string): string {
  return JSON.stringify(text).replace(
    // JSON leaves these as they are: delete, the second control block, and what turns the direction of writing.
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function visible(name: string): string {
  return escaped(name).slice(1, -1).slice(0, LONGEST);
}

function shownObject(value: object): string {
  try {
    if (Array.isArray(value)) return shownArray(value);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
      return `${article(kindOf(value))} of ${lengthOf(value)}`;
    const kind = kindOf(value);
    return kind === 'Object' ? 'an object' : article(kind);
  } catch {
    // A proxy, or an object whose constructor throws.
    return 'an object';
  }
}

function shownArray(value: readonly unknown[]): string {
  if (value.length === 0) return 'an empty array';
  const plain = value.every((item) => typeof item === 'number' || typeof item === 'string');
  if (!plain || value.length > 4) return `an array of ${value.length}`;
  return `[${value.map((item) => shown(item)).join(', ')}]`;
}

function kindOf(value: object): string {
  const maker = (Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null)?.constructor;
  return typeof maker?.name === 'string' && maker.name !== '' ? visible(maker.name) : 'Object';
}

function lengthOf(value: ArrayBuffer | ArrayBufferView): number {
  return 'length' in value && typeof value.length === 'number' ? value.length : value.byteLength;
}

function article(kind: string): string {
  return `${/^[AEIOU]|^(RNN|LSTM)/.test(kind) ? 'an' : 'a'} ${kind}`;
}
