/** A binary heap: what comes first by an order is taken first. */
export class MaxHeap<Entry> {
  readonly #entries: Entry[] = [];
  readonly #before: (a: Entry, b: Entry) => boolean;

  /** @param before whether the first of two is to be taken before the second */
  constructor(before: (a: Entry, b: Entry) => boolean) {
    this.#before = before;
  }

  push(entry: Entry): void {
    const entries = this.#entries;
    let at = entries.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(entry, entries[parent])) break;
      entries[at] = entries[parent];
      at = parent;
    }
    entries[at] = entry;
  }

  pop(): Entry | undefined {
    const entries = this.#entries;
    const first = entries[0] as Entry | undefined;
    const last = entries.pop();
    if (entries.length === 0 || last === undefined) return first;
    let at = 0;
    for (let child = 1; child < entries.length; child = 2 * at + 1) {
      if (child + 1 < entries.length && this.#before(entries[child + 1], entries[child])) child++;
      if (!this.#before(entries[child], last)) break;
      entries[at] = entries[child];
      at = child;
    }
    entries[at] = last;
    return first;
  }
}
