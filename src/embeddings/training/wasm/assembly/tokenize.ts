import { Job, Settings } from './settings';

/** Stands among word numbers where a sentence ends. */
export const endOfSentence: i32 = -1;

/** Longer sentences are cut, as gensim cuts them. */
export const maxSentence: u32 = 10000;

/** Bytes that UTF-8 never has: between the words and after the sentences of tokenized corpora. */
const wordMark: u32 = 0xff;
const sentenceMark: u32 = 0xfe;

const firstBasis: u32 = 0x811c9dc5;
const prime: u32 = 0x01000193;

/**
 * How many bytes of white space begin here, 0 where none does: what Python's str.split parts at,
 * so that words count as in gensim's LineSentence.
 */
@inline
function spaceBytes(at: usize, end: usize): u32 {
  const byte: u32 = load<u8>(at);
  if (byte == 0x20 || (byte >= 0x09 && byte <= 0x0d) || (byte >= 0x1c && byte <= 0x1f)) return 1;
  if (byte < 0xc2) return 0;
  return wideSpaceBytes(at, end);
}

function wideSpaceBytes(at: usize, end: usize): u32 {
  const byte: u32 = load<u8>(at);
  if (byte == 0xc2 && at + 1 < end) {
    const next: u32 = load<u8>(at, 1);
    return next == 0x85 || next == 0xa0 ? 2 : 0;
  }
  if (at + 2 >= end) return 0;
  const code = ((byte & 15) << 12) | ((u32(load<u8>(at, 1)) & 63) << 6) | (u32(load<u8>(at, 2)) & 63);
  if (byte == 0xe1) return code == 0x1680 ? 3 : 0;
  if (byte == 0xe2) {
    const isSpace =
      (code >= 0x2000 && code <= 0x200a) ||
      code == 0x2028 ||
      code == 0x2029 ||
      code == 0x202f ||
      code == 0x205f;
    return isSpace ? 3 : 0;
  }
  return byte == 0xe3 && code == 0x3000 ? 3 : 0;
}

/** The number of a word, or -1 where it is not in the vocabulary. */
function find(settings: Settings, text: usize, bytes: u32, hash: u32): i32 {
  const mask = settings.slotMask;
  let slot = hash & mask;
  while (true) {
    const word = load<i32>(settings.slots + (<usize>slot << 2));
    if (word < 0) return -1;
    const starts = settings.wordStarts + (<usize>word << 2);
    const start = load<u32>(starts);
    if (load<u32>(starts, 4) - start == bytes && isSame(text, settings.wordText + start, bytes)) return word;
    slot = (slot + 1) & mask;
  }
}

@inline
function isSame(a: usize, b: usize, bytes: u32): bool {
  for (let i: u32 = 0; i < bytes; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

/**
 * Turns the block of text into word numbers; unknown words are left out, and a mark ends each
 * sentence.
 * @returns how many numbers and marks there are
 */
export function tokenize(settings: Settings, job: Job): u32 {
  const end = job.textEnd;
  const spaces = job.spaces != 0;
  let out = job.ids;
  let rawWords: u32 = 0;
  let inSentence: u32 = 0;
  let at = job.text;
  while (at < end) {
    const byte: u32 = load<u8>(at);
    if (byte == sentenceMark || (spaces && byte == 0x0a)) {
      store<i32>(out, endOfSentence);
      out += 4;
      inSentence = 0;
      at++;
      continue;
    }
    const gap: u32 = byte == wordMark ? 1 : spaces ? spaceBytes(at, end) : 0;
    if (gap != 0) {
      at += gap;
      continue;
    }
    const start = at;
    let hash = firstBasis;
    while (at < end) {
      const next: u32 = load<u8>(at);
      if (next >= sentenceMark || (spaces && spaceBytes(at, end) != 0)) break;
      hash = (hash ^ next) * prime;
      at++;
    }
    rawWords++;
    const word = find(settings, start, u32(at - start), hash);
    if (word >= 0) {
      store<i32>(out, word);
      out += 4;
    }
    if (++inSentence == maxSentence) {
      store<i32>(out, endOfSentence);
      out += 4;
      inSentence = 0;
    }
  }
  store<i32>(out, endOfSentence);
  job.rawWords = rawWords;
  return u32((out + 4 - job.ids) >> 2);
}
