import { Fingerprint } from '../../base/encoding/fingerprint.js';

/** No more fingerprints go into a model's file, about a megabyte. */
const MAX_LINES = 65_536;

/**
 * The lines that a model was trained on, by their fingerprints: enough to tell whether a line is one
 * of them, but for one case in 2^64 / lines, without keeping the lines.
 */
export class SeenLines {
  /** Undefined where there were too many to keep. */
  readonly #fingerprints: ReadonlySet<string> | undefined;

  private constructor(fingerprints: ReadonlySet<string> | undefined) {
    this.#fingerprints = fingerprints;
  }

  /** @param lines without their line feeds */
  static of(lines: Iterable<string>): SeenLines {
    const fingerprints = new Set<string>();
    for (const line of lines) {
      fingerprints.add(fingerprintOf(line));
      if (fingerprints.size > MAX_LINES) return new SeenLines(undefined);
    }
    return new SeenLines(fingerprints);
  }

  /** These and those of a training before. */
  and(before: SeenLines | undefined): SeenLines {
    if (!before) return this;
    const [a, b] = [this.#fingerprints, before.#fingerprints];
    const all = a && b && new Set([...a, ...b]);
    return new SeenLines(all && all.size <= MAX_LINES ? all : undefined);
  }

  /** From what `toJSON` gave. */
  static from(stored: string): SeenLines {
    return new SeenLines(stored === 'too many' ? undefined : new Set(stored.match(/.{16}/g)));
  }

  /** Whether a line is one of them; undefined where there were too many to keep. */
  has(line: string): boolean | undefined {
    return this.#fingerprints?.has(fingerprintOf(line));
  }

  /** What `JSON.stringify` keeps. */
  toJSON(): string {
    return this.#fingerprints ? [...this.#fingerprints].join('') : 'too many';
  }
}

function fingerprintOf(line: string): string {
  return new Fingerprint().add(line).toString();
}
