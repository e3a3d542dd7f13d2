import { download } from '../files/files.js';
import { Button, FilePicker } from './parts.js';
import { FolderChoice } from './folder-choice.js';

/** Saves the model of a screen as a file that `seqkit` on the command line opens too, and opens one. */
export function ModelFile({
  name,
  bytes,
  disabled,
  onOpen,
}: {
  /** Of the file that is saved. */
  name: string;
  bytes: (() => Uint8Array) | undefined;
  disabled: boolean;
  onOpen: (open: () => Promise<File>) => void;
}) {
  return (
    <>
      <div class="row">
        <Button disabled={disabled || !bytes} onClick={() => bytes && download(name, bytes())}>
          Save model
        </Button>
        <span class="note">{bytes ? name : 'Train a model, or open one.'}</span>
      </div>
      <FilePicker
        label="Open a model: drop its .safetensors file here, or choose it"
        accept=".safetensors"
        disabled={disabled}
        onFiles={([file]) => onOpen(() => Promise.resolve(file))}
      />
      <FolderChoice endings={['.safetensors']} disabled={disabled} onFile={onOpen} />
    </>
  );
}
