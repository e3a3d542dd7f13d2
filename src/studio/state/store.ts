import { shownError, type ShownError } from './shown-error.js';

/** What is kept in the page, by key: texts that were typed, clips, trained models. It stays on this machine. */
const DATABASE = 'seqkit-studio';
const TABLE = 'kept';

let opening: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('There is no database.'));
  });
  return opening;
}

/**
 * Asks in one transaction, of which all is done or nothing.
 * @param work begins its requests, and returns what reads their results
 * @throws Error in sentences where the browser does not do it: a full disk is told of at the very end
 */
async function ask<Result>(
  mode: IDBTransactionMode,
  work: (table: IDBObjectStore) => () => Result,
): Promise<Result> {
  try {
    const opened = await database();
    return await new Promise((resolve, reject) => {
      const transaction = opened.transaction(TABLE, mode);
      transaction.onabort = () => reject(transaction.error ?? new Error('It was broken off.'));
      const read = work(transaction.objectStore(TABLE));
      transaction.oncomplete = () => resolve(read());
      // Nothing more is asked: it is done even where the page is closed before the results are there.
      transaction.commit();
    });
  } catch (cause) {
    throw storageError(mode, cause);
  }
}

function storageError(mode: IDBTransactionMode, cause: unknown): Error {
  const [message, hint] =
    mode === 'readonly'
      ? ['The browser cannot read what it has kept of this page.', 'Reload the page to try it again.']
      : (cause as { name?: unknown }).name === 'QuotaExceededError'
        ? [
            'The browser has no room left, and did not keep this for later.',
            'Save what you made as a file, then remove clips.',
          ]
        : [
            'The browser did not keep this for later.',
            'Save what you made as a file before you close the page.',
          ];
  return Object.assign(new Error(message, { cause }), { hint });
}

let tell: (error: ShownError) => void = () => undefined;

/** Has the page say what could not be read or kept. */
export function onStorageError(listener: (error: ShownError) => void): void {
  tell = listener;
}

/** What was kept under a key; undefined where nothing was, or where it cannot be read, which the page says. */
export async function kept(key: string): Promise<unknown> {
  return ask<unknown>('readonly', (table) => {
    const request = table.get(key) as IDBRequest<unknown>;
    return () => request.result;
  }).catch((error: unknown) => tell(shownError(error)));
}

/** Keeps a value: anything that a structured clone takes. Undefined forgets it. The page says where that fails. */
export const keep = (key: string, value: unknown): Promise<void> => keepEach([[key, value]]);

/** Keeps several values, as `keep` does one. */
export async function keepEach(entries: readonly (readonly [key: string, value: unknown])[]): Promise<void> {
  if (!writes || entries.length === 0) return;
  await ask('readwrite', (table) => {
    for (const [key, value] of entries) {
      if (value === undefined) table.delete(key);
      else table.put(value, key);
    }
    return () => undefined;
  }).catch((error: unknown) => tell(shownError(error)));
}

/** All that is kept under keys that begin so, in the order of the keys. @throws Error where it cannot be read */
export function keptAll(prefix = ''): Promise<Map<string, unknown>> {
  return ask('readonly', (table) => {
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    const [keys, values] = [table.getAllKeys(range), table.getAll(range) as IDBRequest<unknown[]>];
    return () => new Map(keys.result.map((key, index) => [key as string, values.result[index]]));
  });
}

/** Values that are kept under keys that begin so, by key; none where they cannot be read, which the page says. */
export async function keptEach(prefix: string): Promise<unknown[]> {
  try {
    return [...(await keptAll(prefix)).values()];
  } catch (error) {
    tell(shownError(error));
    return [];
  }
}

/** Forgets all, and keeps this in its place. @throws Error where that fails: what was kept is then there as before */
export async function keepAll(all: ReadonlyMap<string, unknown>): Promise<void> {
  if (!writes) {
    throw Object.assign(new Error('The studio is open in another tab, whose work this would replace.'), {
      hint: 'Open the project in that tab, or close it and reload this one.',
    });
  }
  await ask('readwrite', (table) => {
    table.clear();
    for (const [key, value] of all) table.put(value, key);
    return () => undefined;
  });
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
    navigator.locks
      .request(DATABASE, { ifAvailable: true }, (lock) => {
        writes = lock !== null;
        resolve(lock === null);
        // Held as long as the page is there.
        return lock === null ? undefined : new Promise(() => undefined);
      })
      // A page that may have no locks, such as one in a closed frame, has no other tabs to know of.
      .catch(() => resolve(false));
  });
}
