/** Something that needs memory from one command of a list to another. */
export interface Tenant {
  readonly bytes: number;
  /** The first and the last command that uses it. */
  first: number;
  last: number;
}

/** Where each tenant lives within a block of `bytes` bytes. */
export interface Placement<Item extends Tenant> {
  readonly bytes: number;
  readonly offsets: ReadonlyMap<Item, number>;
}

/**
 * Gives each tenant an offset such that no two that live at the same time overlap: the
 * largest first, each at the lowest place that is free through all its life.
 */
export function place<Item extends Tenant>(
  tenants: Iterable<Item>,
  roundUp: (bytes: number) => number,
): Placement<Item> {
  const offsets = new Map<Item, number>();
  /** Those placed so far, by offset. */
  const placed: { tenant: Item; start: number; end: number }[] = [];
  let bytes = 0;
  for (const tenant of [...tenants].sort((a, b) => b.bytes - a.bytes)) {
    const size = roundUp(tenant.bytes);
    let start = 0;
    for (const other of placed) {
      if (other.tenant.last < tenant.first || other.tenant.first > tenant.last) continue;
      if (other.start >= start + size) break;
      start = Math.max(start, other.end);
    }
    offsets.set(tenant, start);
    bytes = Math.max(bytes, start + size);
    const next = placed.findIndex((other) => other.start > start);
    placed.splice(next < 0 ? placed.length : next, 0, { tenant, start, end: start + size });
  }
  return { bytes, offsets };
}
