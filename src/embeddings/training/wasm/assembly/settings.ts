// What the host lays out in the shared memory before any training: see ../../layout.ts, which
// writes these fields in this order. All addresses are in bytes, all rows `rowBytes` apart.

@unmanaged
export class Settings {
  /** Bytes of a row: the vector's floats, filled up with zeros to a multiple of four. */
  rowBytes: u32;
  /** V, how many words there are. */
  words: u32;
  window: u32;
  /** How many noise words each target is held against. */
  negative: u32;
  /** 1: skip-gram; 0: CBOW. */
  skipGram: u32;
  /** 1: the mean of the context; 0: its sum. */
  mean: u32;
  /** 1: the window of each word is drawn from 1 to `window`; 0: always all of it. */
  shrink: u32;
  /** Rows of the words, then of the subwords. */
  inputs: usize;
  /** Rows of the words as targets. */
  outputs: usize;
  /** The noise distribution as an alias table: threshold and alias, 32 bits each, by word. */
  noise: usize;
  /** By word, how often it is kept, as a share of 2^32 - 1. */
  keep: usize;
  /** Where each word's rows begin in `rowLists`, and at last where they end; 0 where a word has one row. */
  rowStarts: usize;
  /** Numbers of rows: a word's own, then those of its subwords. */
  rowLists: usize;
  /** Word numbers by hash, -1 where a slot is free. */
  slots: usize;
  /** How many slots there are, a power of two, less one. */
  slotMask: u32;
  /** The words' UTF-8 end to end. */
  wordText: usize;
  /** Where each word begins in `wordText`, and at last where it ends. */
  wordStarts: usize;
}

/** What one thread is to do next, and what came of it; written and read by ../../job.ts. */
@unmanaged
export class Job {
  /** The state of the random numbers; never 0. */
  random: u64;
  /** The block of text, from `text` up to `textEnd`. */
  text: usize;
  textEnd: usize;
  /** 1: white space separates words and a line feed ends a sentence; 0: only the two marks do. */
  spaces: u32;
  /** The learning rate at the first and after the last word of the block. */
  rateStart: f32;
  rateEnd: f32;
  /** Room for word numbers, one for each byte of the block and one more. */
  ids: usize;
  /** Room for a sentence of `maxSentence` word numbers. */
  sentence: usize;
  /** Scratch: rows h, h0, work and an unused target, then addresses of targets and rows. */
  scratch: usize;
  /** Room for the scores of pairs that are looked at, 8 floats each. */
  samples: usize;
  /** How many pairs fit there. */
  sampleRoom: u32;

  /** Out: words of the block, known or not. */
  rawWords: u32;
  /** Out: words of the vocabulary that were trained on, after frequent ones were thinned out. */
  trainedWords: u32;
  /** Out: targets that were trained. */
  pairs: u32;
  /** Out: how many pairs `samples` holds. */
  sampled: u32;
}
