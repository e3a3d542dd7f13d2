import { useEffect, useRef, useState } from 'preact/hooks';
import { keepEach, keptEach } from './store.js';

/** Things that outlive a reload, each under a key of its own, so that a new one writes no other anew. */
export interface KeptList<Item extends { readonly id: string }> {
  readonly items: readonly Item[];
  readonly add: (added: readonly Item[]) => void;
  /** Puts one in the place of that with its id. */
  readonly change: (changed: Item) => void;
  readonly remove: (removed: readonly Pick<Item, 'id'>[]) => void;
}

/**
 * @param prefix of the keys; the ids, which follow it, sort by age
 * @param isItem whether what was kept is of the kind
 * @param most beyond so many the oldest go
 */
export function useKeptList<Item extends { readonly id: string }>(
  prefix: string,
  isItem: (value: unknown) => value is Item,
  most = Infinity,
): KeptList<Item> {
  const latest = useRef<readonly Item[]>([]);
  const [items, setItems] = useState(latest.current);
  const show = (next: readonly Item[]): void => setItems((latest.current = next));
  const write = (changed: readonly Item[], gone: readonly Pick<Item, 'id'>[] = []): void =>
    void keepEach([
      ...changed.map((item) => [prefix + item.id, item] as const),
      ...gone.map(({ id }) => [prefix + id, undefined] as const),
    ]);
  useEffect(() => {
    // What is added until then comes after what was there.
    void keptEach(prefix).then((found) => show([...found.filter(isItem), ...latest.current]));
  }, []);
  return {
    items,
    add(added) {
      const all = [...latest.current, ...added];
      const gone = all.slice(0, Math.max(0, all.length - most));
      show(all.slice(gone.length));
      write(added, gone);
    },
    change(changed) {
      show(latest.current.map((item) => (item.id === changed.id ? changed : item)));
      write([changed]);
    },
    remove(removed) {
      const ids = new Set(removed.map(({ id }) => id));
      show(latest.current.filter(({ id }) => !ids.has(id)));
      write([], removed);
    },
  };
}
