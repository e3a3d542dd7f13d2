import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { droppedFiles } from '../files/dropped-files.js';
import { useJob } from '../state/use-job.js';
import { Button } from './button.js';
import { ErrorNote } from './error-note.js';

/** Takes files: dropped onto it, or chosen by a click or a key. */
export function FilePicker({
  label,
  accept,
  multiple = false,
  folders = false,
  onFiles,
  disabled = false,
}: {
  label: string;
  accept: string;
  multiple?: boolean;
  /** Whether a folder may be chosen too; one that is dropped gives its files in any case. */
  folders?: boolean;
  onFiles: (files: readonly File[]) => void;
  disabled?: boolean;
}) {
  const [isOver, setOver] = useState(false);
  const reading = useJob();
  const folder = useRef<HTMLInputElement>(null);
  const stop = (event: DragEvent): void => event.preventDefault();
  const take = (files: readonly File[]): void => {
    if (files.length > 0 && !disabled) onFiles(files);
  };
  const choose = (event: JSX.TargetedEvent<HTMLInputElement>): void => {
    take([...(event.currentTarget.files ?? [])]);
    event.currentTarget.value = '';
  };
  const box = (
    <label
      class={isOver ? 'drop over' : 'drop'}
      onDragOver={(event: JSX.TargetedDragEvent<HTMLLabelElement>) => {
        stop(event);
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event: JSX.TargetedDragEvent<HTMLLabelElement>) => {
        stop(event);
        setOver(false);
        const { dataTransfer } = event;
        if (dataTransfer) reading.run(async () => take(await droppedFiles(dataTransfer)));
      }}
    >
      <span>{label}</span>
      <input type="file" {...{ accept, multiple, disabled }} onChange={choose} />
    </label>
  );
  return (
    <>
      {box}
      <ErrorNote error={reading.error} />
      {folders && (
        <div class="row">
          <Button quiet disabled={disabled} onClick={() => folder.current?.click()}>
            Choose a folder
          </Button>
          <input
            ref={folder}
            type="file"
            hidden
            aria-label="A folder"
            {...{ webkitdirectory: true }}
            onChange={choose}
          />
        </div>
      )}
    </>
  );
}
