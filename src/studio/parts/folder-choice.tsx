import { useEffect, useId, useState } from 'preact/hooks';
import { folderFile, folderFiles, shownSize, type FolderFile } from '../files/files.js';

/**
 * Files of the folder that the studio was opened on, by their endings; nothing where there are none.
 * @param endings such as `.txt`
 */
export function FolderChoice({
  endings,
  disabled = false,
  onFile,
}: {
  endings: readonly string[];
  disabled?: boolean;
  onFile: (open: () => Promise<File>) => void;
}) {
  const id = useId();
  const [files, setFiles] = useState<readonly FolderFile[]>([]);
  useEffect(
    () =>
      void folderFiles().then((all = []) =>
        setFiles(all.filter(({ path }) => endings.some((ending) => path.toLowerCase().endsWith(ending)))),
      ),
    [],
  );
  if (files.length === 0) return null;
  return (
    <div class="field">
      <label for={id}>From your folder</label>
      <select
        id={id}
        disabled={disabled}
        value=""
        onChange={(event) => {
          const path = event.currentTarget.value;
          event.currentTarget.value = '';
          if (path !== '') onFile(() => folderFile(path));
        }}
      >
        <option value="">Choose a file …</option>
        {files.map(({ path, bytes }) => (
          <option key={path} value={path}>
            {path} ({shownSize(bytes)})
          </option>
        ))}
      </select>
    </div>
  );
}
