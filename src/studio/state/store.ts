/** What is kept in the page, by key: texts that were typed, clips, trained models. It stays on this machine. */
const DATABASE = 'seqkit-studio';
const TABLE = 'kept';

let opening: Promise<IDBDatabase | undefined> | undefined;

/** Undefined where the browser keeps nothing, such as in some private windows: the studio then forgets at a reload. */
function database(): Promise<IDBDatabase | undefined> {
  opening ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(undefined);
    } catch {
      resolve(undefined);
    }
  });
  return opening;
}

async function ask<Result>(
  mode: IDBTransactionMode,
  work: (table: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result | undefined> {
  const opened = await database();
  if (opened === undefined) return undefined;
  return new Promise((resolve, reject) => {
    const request = work(opened.transaction(TABLE, mode).objectStore(TABLE));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The browser kept nothing.'));
  });
}

/** What was kept under a key; undefined where nothing was. */
export const kept = (key: string): Promise<unknown> => ask<unknown>('readonly', (table) => table.get(key));

/** Keeps a value: anything that a structured clone takes. Undefined forgets it. */
export async function keep(key: string, value: unknown): Promise<void> {
  if (!writes) return;
  if (value === undefined) await ask('readwrite', (table) => table.delete(key));
  else await ask('readwrite', (table) => table.put(value, key));
}

/** All that is kept. */
export async function keptAll(): Promise<Map<string, unknown>> {
  const keys = (await ask('readonly', (table) => table.getAllKeys())) ?? [];
  const values = (await ask<unknown[]>('readonly', (table) => table.getAll())) ?? [];
  return new Map(keys.map((key, index) => [key as string, values[index]]));
}

/** Forgets all, and keeps this in its place. */
export async function keepAll(all: ReadonlyMap<string, unknown>): Promise<void> {
  await ask('readwrite', (table) => table.clear());
  for (const [key, value] of all) await ask('readwrite', (table) => table.put(value, key));
}

/** Whether this page keeps what is typed: of several tabs the first. */
let writes = true;

/**
 * Has only the first of several tabs keep anything, so that they do not overwrite each other.
 * @returns whether this is another tab than the first
 */
export async function isSecondTab(): Promise<boolean> {
  if (!('locks' in navigator)) return false;
  return new Promise((resolve) => {
    void navigator.locks.request(DATABASE, { ifAvailable: true }, (lock) => {
      writes = lock !== null;
      resolve(lock === null);
      // Held as long as the page is there.
      return lock === null ? undefined : new Promise(() => undefined);
    });
  });
}
