// Damage as it comes: bits that flip, runs that go missing, sizes that lie, JSON whose values are of another kind.

const lies = [
  0,
  1,
  -1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 53,
  1e300,
  null,
  true,
  '',
  'x',
  [],
  {},
  [[]],
  '__proto__',
  -0.5,
];

/**
 * One damaged copy of a file.
 * @param {Uint8Array} bytes the whole one
 * @param {{ integer(n: number): number }} random
 * @param {readonly Uint8Array[]} others what pieces may be taken from
 * @returns {Uint8Array}
 */
export function mutate(bytes, random, others) {
  const header = headerOf(bytes);
  const ways = [
    flip,
    flip,
    overwrite,
    cut,
    remove,
    insert,
    repeat,
    splice,
    sizes,
    ...(header ? [json, json, json, json] : []),
  ];
  let damaged = bytes;
  const count = 1 + (random.integer(4) === 0 ? random.integer(3) : 0);
  for (let i = 0; i < count; i++) {
    const way = ways[random.integer(ways.length)];
    damaged = way(damaged, random, others);
  }
  return damaged;
}

function flip(bytes, random) {
  const copy = bytes.slice();
  if (copy.length > 0) copy[random.integer(copy.length)] ^= 1 << random.integer(8);
  return copy;
}

function overwrite(bytes, random) {
  const copy = bytes.slice();
  const at = random.integer(Math.max(1, copy.length));
  const values = [0, 0xff, 0x7f, 0x80, 0x0a, 0x20, 0x22, 0x5b, random.integer(256)];
  const value = values[random.integer(values.length)];
  copy.fill(value, at, at + 1 + random.integer(8));
  return copy;
}

function cut(bytes, random) {
  return bytes.slice(0, random.integer(bytes.length + 1));
}

function remove(bytes, random) {
  const at = random.integer(bytes.length + 1);
  return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + random.integer(64)));
}

function insert(bytes, random) {
  const at = random.integer(bytes.length + 1);
  const run = Uint8Array.from({ length: 1 + random.integer(32) }, () => random.integer(256));
  return joined(bytes.subarray(0, at), run, bytes.subarray(at));
}

function repeat(bytes, random) {
  const at = random.integer(bytes.length + 1);
  const run = bytes.subarray(at, at + 1 + random.integer(200));
  return joined(bytes.subarray(0, at), ...Array(1 + random.integer(40)).fill(run), bytes.subarray(at));
}

function splice(bytes, random, others) {
  const other = others[random.integer(others.length)];
  const at = random.integer(bytes.length + 1);
  const from = random.integer(other.length + 1);
  return joined(bytes.subarray(0, at), other.subarray(from, from + random.integer(400)), bytes.subarray(at));
}

/** A 16, 32 or 64 bit number somewhere in the first bytes, where formats keep their sizes. */
function sizes(bytes, random) {
  const copy = bytes.slice();
  if (copy.length < 16) return copy;
  const view = new DataView(copy.buffer);
  const at = random.integer(Math.min(copy.length - 8, 200));
  const little = random.integer(2) === 0;
  const extremes = [0, 1, 0x7fff_ffff, 0xffff_ffff, 0x8000_0000, bytes.length, bytes.length * 2];
  const value = extremes[random.integer(extremes.length)];
  const width = random.integer(3);
  if (width === 0) view.setUint16(at, value & 0xffff, little);
  else if (width === 1) view.setUint32(at, value >>> 0, little);
  else view.setBigUint64(at, BigInt(value), little);
  return copy;
}

/** The JSON header of a safetensors file, or undefined. */
function headerOf(bytes) {
  if (bytes.length < 16 || bytes[8] !== 0x7b) return undefined;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length - 8) return undefined;
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  // What was nested without end by the change before is as deep as it need be.
  if (text.includes('['.repeat(50))) return undefined;
  try {
    return { length, value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Changes one value of the header, inside the JSON that it keeps as text too, and writes a header that fits. */
function json(bytes, random) {
  const header = headerOf(bytes);
  if (!header) return flip(bytes, random);
  const value = changed(header.value, random);
  const text = new TextEncoder().encode(deepened(JSON.stringify(value) ?? 'null'));
  const padded = Math.ceil(text.length / 8) * 8;
  const start = new Uint8Array(8 + padded).fill(0x20);
  new DataView(start.buffer).setBigUint64(0, BigInt(padded), true);
  start.set(text, 8);
  return joined(start, bytes.subarray(8 + header.length));
}

function changed(root, random) {
  const copy = structuredClone(root);
  const places = [];
  const visit = (value, set) => {
    places.push({ value, set });
    if (typeof value === 'string' && /^[[{]/.test(value)) {
      try {
        const inner = JSON.parse(value);
        visit(inner, (next) => set(JSON.stringify(next)));
        const keep = () => set(JSON.stringify(inner));
        visitItems(
          inner,
          (key) => (next) => ((inner[key] = next), keep()),
          (key) => (delete inner[key], keep()),
        );
      } catch {
        // It only looked like JSON.
      }
    } else if (typeof value === 'object' && value !== null) {
      visitItems(
        value,
        (key) => (next) => (value[key] = next),
        (key) => delete value[key],
      );
    }
  };
  const visitItems = (object, setter, remover) => {
    for (const key of Object.keys(object)) {
      places.push({ remove: () => remover(key), value: object[key] });
      visit(object[key], setter(key));
    }
  };
  let result = copy;
  visit(copy, (next) => (result = next));
  const place = places[random.integer(places.length)];
  if (place.remove) place.remove();
  else place.set(lie(place.value, random));
  return result;
}

/** Stands for a list within a list within a list: JSON.stringify could not write it, a parser may well read it. */
const DEEP = '(deep)';

function deepened(text) {
  return text.replace(/\\*"\(deep\)\\*"/, `${'['.repeat(6_000)}${']'.repeat(6_000)}`);
}

function lie(value, random) {
  if (typeof value === 'number' && random.integer(2) === 0) {
    const near = [value + 1, value - 1, value * 2, value * 1e6, -value, value + 0.5, value * 1e3];
    return near[random.integer(near.length)];
  }
  if (Array.isArray(value) && value.length > 0 && random.integer(3) === 0) return [...value, ...value];
  if (typeof value === 'object' && value !== null && random.integer(6) === 0) {
    return DEEP;
  }
  return lies[random.integer(lies.length)];
}

function joined(...parts) {
  // A copy: Node's small buffers share one memory, in which a header's view would begin elsewhere.
  return Uint8Array.from(Buffer.concat(parts));
}
