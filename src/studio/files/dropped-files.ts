/** Of a file that came with its folder: the path, which begins with the folder. */
const paths = new WeakMap<File, string>();

/** Where a file lay in the folder that it came with; its name where it came alone. */
export const pathOf = (file: File): string => paths.get(file) ?? (file.webkitRelativePath || file.name);

/** What was dropped: files, and all files of folders, in the order of their paths. */
export async function droppedFiles(dropped: DataTransfer): Promise<File[]> {
  // Asked for at once: after a pause the browser knows nothing of them any more.
  const entries = [...dropped.items].map((item) => item.webkitGetAsEntry());
  if (entries.every((entry) => entry === null)) return [...dropped.files];
  const found: File[] = [];
  for (const entry of entries) if (entry) await walk(entry, found);
  return found.sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
}

async function walk(entry: FileSystemEntry, found: File[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    paths.set(file, entry.fullPath.replace(/^\//, ''));
    found.push(file);
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // It gives a hundred or so at a time, and none when it has come to the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return;
    for (const each of some) await walk(each, found);
  }
}
