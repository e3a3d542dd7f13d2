import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

/** Takes files: dropped onto it, or chosen by a click or a key. */
export function FilePicker({
  label,
  accept,
  multiple = false,
  onFiles,
  disabled = false,
}: {
  label: string;
  accept: string;
  multiple?: boolean;
  onFiles: (files: readonly File[]) => void;
  disabled?: boolean;
}) {
  const [isOver, setOver] = useState(false);
  const stop = (event: DragEvent): void => event.preventDefault();
  const take = (files: FileList | null | undefined): void => {
    if (files && files.length > 0 && !disabled) onFiles([...files]);
  };
  return (
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
        take(event.dataTransfer?.files);
      }}
    >
      <span>{label}</span>
      <input
        type="file"
        {...{ accept, multiple, disabled }}
        onChange={(event) => {
          take(event.currentTarget.files);
          event.currentTarget.value = '';
        }}
      />
    </label>
  );
}
