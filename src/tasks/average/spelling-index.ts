import { editDistance } from '../../base/edit-distance.js';

/** N-grams of this length tell spellings apart. */
const GRAM = 3;
/** Only words among the first so many stand for one that is not known. */
const MAX_WORDS = 30_000;
/** Words whose share of common n-grams (Dice's coefficient) is below this are none that was meant. */
const ALIKE = 0.4;
/** So many words at most stand for one, of so many that are looked at letter by letter. */
const STANDS = 3;
const CANDIDATES = 20;
/** More edits than this are one word too many. */
const FARTHEST = 2;
/** What an edit takes from a likeness. */
const EDIT = 0.2;

/** A word that is spelled like one that is not known. */
export interface LikeSpelling {
  readonly row: number;
  /** Dice's coefficient of their character 3-grams, the ends of a word marked, less 0.2 an edit beyond the first. */
  readonly likeness: number;
}

/** Words by their character n-grams, to find those spelled like one that is not known. */
export class SpellingIndex {
  readonly #rowsOf = new Map<string, number[]>();
  readonly #words: string[] = [];
  readonly #grams: number[] = [];
  readonly #shared: Uint8Array;

  /** @param words by row, the most frequent first */
  constructor(words: Iterable<string>) {
    for (const word of words) {
      if (this.#grams.length === MAX_WORDS) break;
      const row = this.#grams.length;
      const grams = gramsOf(word);
      this.#words.push(word);
      this.#grams.push(grams.size);
      for (const gram of grams) {
        const rows = this.#rowsOf.get(gram);
        if (rows) rows.push(row);
        else this.#rowsOf.set(gram, [row]);
      }
    }
    this.#shared = new Uint8Array(this.#grams.length);
  }

  /** The words most like it in spelling, the most alike first, then the more frequent; none where none is near. */
  like(word: string): LikeSpelling[] {
    const grams = gramsOf(word);
    const touched: number[] = [];
    for (const gram of grams) {
      for (const row of this.#rowsOf.get(gram) ?? []) if (this.#shared[row]++ === 0) touched.push(row);
    }
    const found: LikeSpelling[] = [];
    for (const row of touched) {
      const likeness = (2 * this.#shared[row]) / (grams.size + this.#grams[row]);
      this.#shared[row] = 0;
      if (likeness >= ALIKE) found.push({ row, likeness });
    }
    const nearest = (a: LikeSpelling, b: LikeSpelling) => b.likeness - a.likeness || a.row - b.row;
    return found
      .sort(nearest)
      .slice(0, CANDIDATES)
      .flatMap(({ row, likeness }) => {
        const edits = editDistance(Array.from(word), Array.from(this.#words[row]), FARTHEST);
        return edits > FARTHEST ? [] : [{ row, likeness: likeness - EDIT * (edits - 1) }];
      })
      .sort(nearest)
      .slice(0, STANDS);
  }
}

/** The n-grams of a word between its two marks, each once. */
function gramsOf(word: string): Set<string> {
  const marked = `<${word.slice(0, 64)}>`;
  const grams = new Set<string>();
  for (let at = 0; at + GRAM <= marked.length; at++) grams.add(marked.slice(at, at + GRAM));
  return grams;
}
