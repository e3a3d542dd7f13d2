import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';

/** Rows beyond the edges that are there too, so that keys can walk on to them. */
const BEYOND = 3;

/** A list that scrolls by itself, of which only the rows exist that are seen: thousands cost no more than a few. */
export function VirtualList<Item extends { readonly id: string }>({
  label,
  items,
  rowHeight,
  row,
}: {
  label: string;
  items: readonly Item[];
  /** About how high a row is, pixels; each is measured when it is there. */
  rowHeight: number;
  row: (item: Item) => ComponentChildren;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  /** The row that has the focus stays, wherever one scrolls: else who goes on by keys would begin at the top. */
  const focused = useRef<string | undefined>(undefined);
  const list = useRef<Virtualizer<HTMLDivElement, HTMLLIElement> | undefined>(undefined);
  const options = {
    ...{ count: items.length, overscan: BEYOND, observeElementRect, observeElementOffset },
    scrollToFn: elementScroll,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index: number) => items[index].id,
    rangeExtractor: (range: Parameters<typeof defaultRangeExtractor>[0]) => {
      const shown = defaultRangeExtractor(range);
      const kept = items.findIndex(({ id }) => id === focused.current);
      return kept < 0 || shown.includes(kept) ? shown : [...shown, kept].sort((a, b) => a - b);
    },
    onChange: () => redraw(undefined),
    useAnimationFrameWithResizeObserver: true,
  };
  const virtual = (list.current ??= new Virtualizer<HTMLDivElement, HTMLLIElement>(options));
  virtual.setOptions(options);
  useLayoutEffect(() => virtual._didMount(), []);
  useLayoutEffect(() => virtual._willUpdate());
  return (
    <div
      class="virtual"
      ref={scroller}
      role="group"
      aria-label={label}
      tabIndex={0}
      onFocusIn={({ target }) => {
        focused.current = (target as HTMLElement).closest('li')?.dataset['id'];
      }}
      onFocusOut={() => (focused.current = undefined)}
    >
      <ul style={{ height: `${virtual.getTotalSize()}px` }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => (
          <li
            key={key}
            ref={virtual.measureElement}
            data-index={index}
            data-id={items[index].id}
            aria-setsize={items.length}
            aria-posinset={index + 1}
            style={{ transform: `translateY(${start}px)` }}
          >
            {row(items[index])}
          </li>
        ))}
      </ul>
    </div>
  );
}
