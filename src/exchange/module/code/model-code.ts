import type { CodeParts } from './code-part.js';

/** What every module has: how it is asked. */
export const modelCode: CodeParts = {
  optionsOf: {
    code: `
/** Options with their defaults; a name that is not known is an error. */
function optionsOf(where, given, defaults) {
  if (typeof given !== 'object' || given === null) throw new TypeError(where + ' takes an object of options, not ' + String(given) + '.');
  const options = { ...defaults };
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name)) {
      throw new TypeError(where + ' has no option ' + name + '; it has ' + Object.keys(defaults).join(', ') + '.');
    }
    if (value !== undefined) options[name] = value;
  }
  return options;
}`,
  },
  needNumber: {
    code: `
/** A finite number from the least to the most, whole ones where that is asked. */
function needNumber(where, value, least, whole, most = Infinity) {
  const fits = whole ? Number.isSafeInteger(value) : Number.isFinite(value);
  if (fits && value >= least && value <= most) return value;
  const kind = (whole ? 'a whole number' : 'a number') + ' of at least ' + least;
  throw new RangeError(
    where + ' must be ' + kind + (most < Infinity ? ' and at most ' + most : '') + ', not ' + String(value) + '.',
  );
}`,
  },
  inputOf: {
    code: `
/** What the network takes, checked: tokens, or rows of numbers. */
function inputOf(x, { tokens, features, sequence }) {
  const isList = (value) => Array.isArray(value) || ArrayBuffer.isView(value);
  if (tokens !== undefined) {
    const all = isList(x) ? Array.from(x) : [];
    if (all.length > 0 && all.every((t) => Number.isInteger(t) && t >= 0 && t < tokens)) return all;
    throw new TypeError('predict takes an array of tokens, whole numbers from 0 to ' + (tokens - 1) + '.');
  }
  const rows = sequence ? x : [x];
  const isRow = (row) => isList(row) && row.length === features && Array.from(row).every(Number.isFinite);
  if (isList(rows) && rows.length > 0 && Array.from(rows).every(isRow)) {
    return Array.from(rows, (row) => Float64Array.from(row));
  }
  const row = 'an array of ' + features + ' numbers';
  throw new TypeError('predict takes ' + (sequence ? 'an array of time steps, each ' + row : row) + '.');
}`,
  },
  predict: {
    needs: ['inputOf'],
    code: `
/** What the network gives for one example; of several outputs an array of them. */
function predict(...given) {
  if (given.length !== INPUTS.length) {
    throw new TypeError('predict takes as many inputs as the network has, ' + INPUTS.length + '; it got ' + given.length + '.');
  }
  const outputs = network(...INPUTS.map((input, i) => inputOf(given[i], input)), []);
  const all = outputs.map((rows, i) => (SEQUENCES[i] ? rows : rows[0]));
  return all.length === 1 ? all[0] : all;
}`,
  },
};

/** What a classifier of texts has. */
export const classifierCode: CodeParts = {
  ...modelCode,
  spelledAlike: {
    code: `
/** One spelling of what Unicode can write in two ways. */
function spelledAlike(text, lower) {
  const composed = text.normalize('NFC');
  return lower ? composed.toLowerCase().normalize('NFC') : composed;
}`,
  },
  wordsOf: {
    needs: ['spelledAlike'],
    code: String.raw`
/** The words of a text; what is filtered parts them. */
function wordsOf(text) {
  const kept = Array.from(spelledAlike(text, LOWER), (c) => (FILTERS.includes(c) ? ' ' : c)).join('');
  return kept.split(/\s+/u).filter((word) => word !== '');
}`,
  },
  charactersOf: {
    needs: ['spelledAlike'],
    code: String.raw`
/** The characters of a text, marks with the letters that they stand on. */
const charactersOf = (text) => spelledAlike(text, LOWER).match(/\P{M}\p{M}*|\p{M}+/gu) ?? [];`,
  },
  tokensOfUnits: {
    code: `
/** The tokens of a text: 1 for what is not known. */
function tokensOf(text) {
  const tokens = UNITS(text).slice(0, LONGEST).map((unit) => WORDS.get(unit) ?? 1);
  return tokens.length > 0 ? tokens : [1];
}`,
  },
  tokensOfBytes: {
    code: `
/** The tokens of a text: the bytes of its UTF-8, from 2 on. */
const tokensOf = (text) => Array.from(new TextEncoder().encode(text).slice(0, LONGEST), (byte) => byte + 2);`,
  },
  networkLogits: {
    code: `
const logitsOf = (text) => network(tokensOf(text), [])[0][0];`,
  },
  plainSpelling: {
    needs: ['spelledAlike'],
    code: String.raw`
/** A text as n-grams see it. */
const plainSpelling = (text, lower) =>
  spelledAlike(text.replace(/[’‘]/g, "'").replace(/\p{Surrogate}/gu, '\ufffd'), lower);`,
  },
  gramsOf: {
    code: String.raw`
/** Runs of words, with a space between them. */
function wordGrams(text, [least, most]) {
  const word = /[\p{L}\p{N}\p{M}_]+(?:'[\p{L}\p{N}\p{M}_]+)*|\p{Extended_Pictographic}|\p{Regional_Indicator}{2}/gu;
  const words = text.match(word) ?? [];
  return words.flatMap((_, i) =>
    Array.from({ length: Math.max(0, Math.min(most, words.length - i) - least + 1) }, (__, k) =>
      words.slice(i, i + least + k).join(' '),
    ),
  );
}

/** Runs of characters within a word and the spaces beside it; a word that is shorter counts once. */
function characterGrams(text, [least, most]) {
  const grams = [];
  for (const word of text.replace(/\s+/gu, ' ').trim().split(' ')) {
    if (word === '') continue;
    const characters = [' ', ...word, ' '];
    const from = Math.min(least, characters.length);
    for (let i = 0; i < characters.length; i++) {
      for (let n = from; n <= most && i + n <= characters.length; n++) {
        grams.push(characters.slice(i, i + n).join(''));
      }
      if (from < least) break;
    }
  }
  return grams;
}`,
  },
  tfidf: {
    needs: ['plainSpelling', 'gramsOf'],
    code: `
/** A text as [n-gram, weight] pairs (TF-IDF): those of words have length 1, so have those of characters. */
function tfidf(text, { words, characters, lower, sublinear, wordIndex, characterIndex, idf }) {
  const plain = plainSpelling(text, lower);
  const weighed = (grams, index) => {
    const counts = new Map();
    for (const gram of grams) {
      const number = index.get(gram);
      if (number !== undefined) counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    const row = Array.from(counts, ([i, count]) => [i, (sublinear ? 1 + Math.log(count) : count) * idf[i]]);
    const length = Math.sqrt(row.reduce((sum, [, value]) => sum + value * value, 0));
    return row.map(([i, value]) => [i, value / length]);
  };
  const ofWords = words ? weighed(wordGrams(plain, words), wordIndex) : [];
  const ofCharacters = characters ? weighed(characterGrams(plain, characters), characterIndex) : [];
  const length = ofWords.length > 0 && ofCharacters.length > 0 ? Math.SQRT2 : 1;
  return [...ofWords, ...ofCharacters].map(([i, value]) => [i, value / length]);
}`,
  },
  gramFeatures: {
    code: String.raw`
/** N-grams by their numbers: first those of words, a line each. */
function gramFeatures(settings, terms, wordTerms, idf) {
  const all = terms.split('\n').map((term, i) => [term, i]);
  return {
    ...settings,
    wordIndex: new Map(all.slice(0, wordTerms)),
    characterIndex: new Map(all.slice(wordTerms)),
    idf,
  };
}`,
  },
  regression: {
    code: `
/** The logits of a row of [place, value] pairs; the last row of W is what is always added. */
function regression(row, W) {
  const logits = Float64Array.from(W.slice(W.length - W.columns));
  for (const [i, value] of row) {
    for (let c = 0; c < logits.length; c++) logits[c] += value * W[i * W.columns + c];
  }
  return logits;
}`,
  },
  classify: {
    needs: ['optionsOf', 'needNumber'],
    code: `
/**
 * Tells the class of a text.
 * @param {string} text
 * @param {{ threshold?: number, top?: number }} [options] the probability below which it abstains; how many alternatives
 * @returns {{ label: string, probability: number, abstained: boolean, alternatives: { label: string, probability: number }[] }}
 */
function classify(text, options = {}) {
  if (typeof text !== 'string' || text.trim() === '') throw new TypeError('classify takes a text that is not empty, not ' + (typeof text === 'string' ? JSON.stringify(text) : String(text)) + '.');
  const defaults = { threshold: THRESHOLD, top: LABELS.length };
  const { threshold, top } = optionsOf('classify', options, defaults);
  needNumber('threshold', threshold, 0, false, 1);
  needNumber('top', top, 1, true);
  const logits = logitsOf(text).map((logit) => logit / TEMPERATURE);
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const shares = logits.map((logit) => Math.exp(logit - largest));
  const total = shares.reduce((a, b) => a + b, 0);
  const scored = LABELS.map((label, c) => ({ label, probability: shares[c] / total }));
  scored.sort((a, b) => b.probability - a.probability);
  return { ...scored[0], abstained: scored[0].probability < threshold, alternatives: scored.slice(0, top) };
}`,
  },
};
