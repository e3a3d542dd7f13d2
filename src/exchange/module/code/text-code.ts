import { modelCode } from './model-code.js';
import type { CodeParts } from './code-part.js';

/** What a model that writes text has. */
export const textCode: CodeParts = {
  ...modelCode,
  randomNumbers: {
    code: `
/** Seeded random numbers from 0 to 1: xoshiro128** (Blackman and Vigna 2018). */
function randomNumbers(seed) {
  const s = new Uint32Array(4);
  for (let i = 0, x = seed >>> 0; i < 4; i++) {
    x = (x + 0x9e3779b9) >>> 0;
    let z = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    s[i] = z ^ (z >>> 16);
  }
  const bits = () => {
    const product = Math.imul(s[1], 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  };
  return () => ((bits() >>> 5) * 67108864 + (bits() >>> 6)) / 9007199254740992;
}`,
  },
  drawToken: {
    code: `
/** Draws a token by its logits; negative infinity rules one out. */
function drawToken(logits, random, { temperature, topK, topP, repetitionPenalty }, recent) {
  const scores = Float64Array.from(logits);
  for (const token of new Set(recent)) {
    const logit = logits[token];
    scores[token] = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty;
  }
  let best = 0;
  for (let i = 0; i < scores.length; i++) if (scores[i] > scores[best]) best = i;
  if (temperature === 0) return best;
  const shares = scores.map((score) => Math.exp((score - scores[best]) / temperature));
  let total = shares.reduce((a, b) => a + b, 0);
  let kept = shares;
  if ((topK > 0 && topK < shares.length) || topP < 1) {
    const order = Array.from(shares.keys()).sort((a, b) => shares[b] - shares[a] || a - b);
    const most = topK === 0 ? order : order.slice(0, topK);
    const wanted = topP * most.reduce((sum, token) => sum + shares[token], 0);
    kept = new Float64Array(shares.length);
    total = 0;
    for (const token of most) {
      if (total > 0 && topP < 1 && total >= wanted) break;
      kept[token] = shares[token];
      total += shares[token];
    }
  }
  let [left, last] = [random(), best];
  for (let i = 0; i < kept.length; i++) {
    if (kept[i] === 0) continue;
    last = i;
    left -= kept[i] / total;
    if (left < 0) return i;
  }
  return last;
}`,
  },
  encode: {
    code: `
/** The tokens of a text; characters without one are spelled in bytes, or passed over where there are none for those. */
function encode(text) {
  const tokens = [];
  for (const character of text) {
    const token = TOKENS.get(character);
    if (token !== undefined) tokens.push(token);
    else if (BYTES !== 'none') {
      for (const byte of new TextEncoder().encode(character)) {
        if (BYTES === 'whole') tokens.push(CHARACTERS.length + byte);
        else tokens.push(CHARACTERS.length + (byte >> 4), CHARACTERS.length + (byte & 15));
      }
    }
  }
  return tokens;
}`,
  },
  spelling: {
    code: `
/** Tokens on their way to text: characters at once, bytes when they make one. Bytes that make none are ruled out. */
function spelling() {
  let [bytes, left, low, high, upper] = [[], 0, 0, 0, undefined];
  const fits = (byte) => (left > 0 ? byte >= low && byte <= high : byte < 0x80 || (byte >= 0xc2 && byte <= 0xf4));
  const allows = (token) => {
    if (token < CHARACTERS.length) return upper === undefined && left === 0;
    const value = token - CHARACTERS.length;
    if (BYTES === 'whole') return fits(value);
    if (upper !== undefined) return fits(upper * 16 + value);
    return Array.from({ length: 16 }, (_, lower) => fits(value * 16 + lower)).includes(true);
  };
  return {
    mask(logits) {
      if (BYTES === 'none') return logits;
      if (!SPELLED && upper === undefined && left === 0) return logits.subarray(0, CHARACTERS.length);
      return logits.map((logit, token) => (allows(token) ? logit : -Infinity));
    },
    /** The character that a token ends, or nothing. */
    push(token) {
      if (token < CHARACTERS.length) return CHARACTERS[token];
      const value = token - CHARACTERS.length;
      if (BYTES === 'halves' && upper === undefined) {
        upper = value;
        return '';
      }
      const byte = upper === undefined ? value : upper * 16 + value;
      upper = undefined;
      if (byte < 0x80) return String.fromCharCode(byte);
      if (left > 0) left--;
      else left = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
      const first = bytes.length === 0;
      low = first && byte === 0xe0 ? 0xa0 : first && byte === 0xf0 ? 0x90 : 0x80;
      high = first && byte === 0xed ? 0x9f : first && byte === 0xf4 ? 0x8f : 0xbf;
      bytes.push(byte);
      if (left > 0) return '';
      const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
      bytes = [];
      return text;
    },
  };
}`,
  },
  stream: {
    needs: ['optionsOf', 'needNumber', 'randomNumbers', 'drawToken', 'encode', 'spelling'],
    code: String.raw`
/**
 * New text piece by piece, what comes after the prime.
 * @param {object} [options] those of generate
 * @returns {Generator<string>}
 */
function* stream(options = {}) {
  const defaults = { prime: '', length: 400, temperature: 1, topK: 0, topP: 1, stop: [], seed: 1 };
  const known = { ...defaults, repetitionPenalty: 1, repetitionWindow: 64 };
  const given = optionsOf('generate', options, known);
  const { prime, length, stop, seed } = given;
  if (typeof prime !== 'string') throw new TypeError('prime must be a text, not ' + String(prime) + '.');
  for (const name of ['length', 'topK']) needNumber(name, given[name], 0, true);
  needNumber('temperature', given.temperature, 0);
  needNumber('topP', given.topP, Number.MIN_VALUE, false, 1);
  needNumber('repetitionPenalty', given.repetitionPenalty, Number.MIN_VALUE);
  needNumber('repetitionWindow', given.repetitionWindow, 1, true);
  needNumber('seed', seed, -Number.MAX_SAFE_INTEGER, true);
  const asked = typeof stop === 'string' ? [stop] : stop;
  if (!Array.isArray(asked) || !asked.every((text) => typeof text === 'string' && text !== '')) {
    throw new TypeError('stop must be a text, or an array of texts, none of them empty.');
  }
  const stops = [...asked, ...(LINES ? ['\n'] : [])];
  const before = LINES ? '\n' + prime.slice(prime.lastIndexOf('\n') + 1) : prime;
  let tokens = encode(before);
  if (tokens.length === 0) tokens = SPELLED || BYTES === 'whole' || TOKENS.has('\n') ? encode('\n') : [0];
  const random = randomNumbers(seed);
  const memory = [];
  const spelled = spelling();
  const recent = prime === '' ? [] : tokens.slice(-given.repetitionWindow);
  let logits = network(tokens, memory)[0].at(-1);
  let held = '';
  for (let made = 0; made < length;) {
    const token = drawToken(spelled.mask(logits), random, given, recent);
    recent.push(token);
    if (recent.length > given.repetitionWindow) recent.shift();
    const character = spelled.push(token);
    if (character !== '') {
      made++;
      held += character;
      const ends = stops.map((text) => held.indexOf(text)).filter((at) => at >= 0);
      if (ends.length > 0) {
        yield held.slice(0, Math.min(...ends));
        return;
      }
      // What may be the beginning of a stop is held back.
      let open = 0;
      for (const text of stops) {
        for (let n = Math.min(text.length - 1, held.length); n > open; n--) {
          if (held.endsWith(text.slice(0, n))) open = n;
        }
      }
      if (held.length > open) yield held.slice(0, held.length - open);
      held = held.slice(held.length - open);
    }
    if (made < length) logits = network([token], memory)[0][0];
  }
  if (held !== '') yield held;
}

/**
 * The prime and the text that follows it.
 * @param {{ prime?: string, length?: number, temperature?: number, topK?: number, topP?: number, stop?: string | string[],
 *   seed?: number, repetitionPenalty?: number, repetitionWindow?: number }} [options]
 * @returns {string}
 */
function generate(options = {}) {
  const made = [...stream(options)].join('');
  return (options.prime ?? '') + made;
}`,
  },
};
