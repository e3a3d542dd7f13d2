/** Hands a file to the user: the browser's own download, which leaves the machine alone. */
export function download(
  name: string,
  contents: Uint8Array | string,
  type = 'application/octet-stream',
): void {
  const address = URL.createObjectURL(new Blob([contents as BlobPart], { type }));
  const link = document.createElement('a');
  Object.assign(link, { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Where the data that come with seqkit are: beside the page, or in the package that it lies in. */
const HOMES = ['../data/', '../../data/'];
let home: Promise<string> | undefined;

/**
 * The address of a file that comes with seqkit.
 * @param path below its folder of data
 * @throws Error where it was not copied along with the page
 */
export async function dataAddress(path: string): Promise<string> {
  home ??= (async () => {
    for (const each of HOMES) {
      const response = await fetch(new URL(`${each}tunes/seqkit-tunes.abc`, document.baseURI), {
        method: 'HEAD',
      });
      if (response.ok) return each;
    }
    throw new Error('The data of seqkit are not beside the page: copy its folder data/ there.');
  })();
  // What failed is tried again the next time.
  home.catch(() => (home = undefined));
  return new URL((await home) + path, document.baseURI).href;
}

/** A file that comes with seqkit. */
export async function dataBytes(path: string): Promise<Uint8Array> {
  const response = await fetch(await dataAddress(path));
  if (!response.ok) throw new Error(`${path} is not beside the page: copy seqkit's folder data/ there.`);
  return new Uint8Array(await response.arrayBuffer());
}

export const dataText = async (path: string): Promise<string> =>
  new TextDecoder().decode(await dataBytes(path));

/** A file of the folder that the studio was opened on. */
export interface FolderFile {
  readonly path: string;
  readonly bytes: number;
}

/** What the server of `seqkit studio` says that it has; undefined where the page is served by another. */
async function served(): Promise<
  { folder: boolean; files: readonly FolderFile[]; voices: boolean } | undefined
> {
  try {
    const response = await fetch(new URL('../files.json', document.baseURI));
    return response.ok ? ((await response.json()) as Awaited<ReturnType<typeof served>>) : undefined;
  } catch {
    return undefined;
  }
}

/** Files of that folder; undefined where there is none. */
export async function folderFiles(): Promise<readonly FolderFile[] | undefined> {
  const found = await served();
  return found?.folder ? found.files : undefined;
}

/** The voices that the server has, flite as WebAssembly; undefined where it has none. */
export async function servedVoices(): Promise<(() => Promise<Uint8Array>) | undefined> {
  if (!(await served())?.voices) return undefined;
  return async () => {
    const response = await fetch(new URL('../flite.wasm', document.baseURI));
    if (!response.ok) throw new Error('The voices are not there any more. Reload the page.');
    return new Uint8Array(await response.arrayBuffer());
  };
}

/** Opens one of them. */
export async function folderFile(path: string): Promise<File> {
  const address = path.split('/').map(encodeURIComponent).join('/');
  const response = await fetch(new URL(`../folder/${address}`, document.baseURI));
  if (!response.ok) throw new Error(`${path} is not there any more.`);
  return new File([await response.blob()], path.slice(path.lastIndexOf('/') + 1));
}

/** A size as people say it. */
export function shownSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(0)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
