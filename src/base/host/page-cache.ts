/** What seqkit's files are kept under in a page's Cache Storage. */
const CACHE_NAME = 'seqkit-files';

/**
 * What a page has fetched before, by the absolute address; nothing where there is no Cache Storage, as in Node and in
 * pages that are not served safely, or where it is closed to this page.
 */
export async function cachedFile(address: string): Promise<Uint8Array | undefined> {
  const cache = await openCache();
  const response = await cache?.match(address).catch(() => undefined);
  return response && new Uint8Array(await response.arrayBuffer());
}

/**
 * Keeps a file for the next visit, in the place of others that it replaces.
 * @param replaces whether an address is that of an earlier one of it
 * @returns why it could not be kept, such as that the storage is full; undefined where it was, or there is no storage
 */
export async function cacheFile(
  address: string,
  bytes: Uint8Array,
  replaces: (address: string) => boolean,
): Promise<string | undefined> {
  const cache = await openCache();
  if (!cache) return undefined;
  try {
    await cache.put(address, new Response(new Uint8Array(bytes)));
    for (const { url } of await cache.keys()) if (url !== address && replaces(url)) await cache.delete(url);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Forgets a file, such as one that turned out to be damaged. */
export async function uncacheFile(address: string): Promise<void> {
  const cache = await openCache();
  await cache?.delete(address).catch(() => false);
}

async function openCache(): Promise<Cache | undefined> {
  if (typeof caches === 'undefined') return undefined;
  return caches.open(CACHE_NAME).catch(() => undefined);
}
