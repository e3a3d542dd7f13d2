import { download } from '../files/files.js';
import type { Job } from '../state/use-job.js';
import { Button } from './button.js';
import { ErrorNote } from './error-note.js';
import { FilePicker } from './file-picker.js';
import { FolderChoice } from './folder-choice.js';

/** Saves the model of a screen as a file that `seqkit` on the command line opens too, and opens one. */
export function ModelFile({
  name,
  model,
  isBusy,
  opening,
  open,
}: {
  /** Of the file that is saved. */
  name: string;
  model: { toBytes(): Uint8Array } | undefined;
  /** Whether another is being trained. */
  isBusy: boolean;
  opening: Job;
  open: (file: () => Promise<File>) => void;
}) {
  const disabled = isBusy || opening.isRunning;
  return (
    <>
      <div class="row">
        <Button disabled={disabled || !model} onClick={() => model && download(name, model.toBytes())}>
          Save model
        </Button>
        <span class="note">{model ? name : 'Train a model, or open one.'}</span>
      </div>
      <FilePicker
        label="Open a model: drop its .safetensors file here, or choose it"
        accept=".safetensors"
        disabled={disabled}
        onFiles={([file]) => open(() => Promise.resolve(file))}
      />
      <FolderChoice endings={['.safetensors']} disabled={disabled} onFile={open} />
      <ErrorNote error={opening.error} />
    </>
  );
}
