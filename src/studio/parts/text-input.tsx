import type { ComponentChildren } from 'preact';
import { FolderChoice } from './folder-choice.js';
import { Button } from './button.js';
import { TextArea } from './field.js';
import { FilePicker } from './file-picker.js';
import type { Job } from '../state/use-job.js';

/** Characters that are shown of a large text: the field would be slow with more. */
const SHOWN = 200_000;

/** Where a text to learn from comes in: typed, pasted, from a file, or the one that comes with the studio. */
export function TextInput({
  text,
  setText,
  reading,
  disabled,
  hint,
}: {
  text: string;
  setText: (text: string) => void;
  reading: Job;
  disabled: boolean;
  /** What to know of this text, beside its length. */
  hint?: ComponentChildren;
}) {
  const read = (open: () => Promise<File>): void =>
    reading.run(async () => {
      const { decodeUtf8 } = await import('../../text/index.js');
      const file = await open();
      setText(decodeUtf8(new Uint8Array(await file.arrayBuffer()), file.name));
    });
  return (
    <>
      <TextArea
        label="Text"
        value={text.slice(0, SHOWN)}
        onInput={(shown) => setText(shown + text.slice(SHOWN))}
        rows={9}
        disabled={disabled}
        hint={
          <>
            {text.length.toLocaleString('en')} characters.{' '}
            {hint ?? (text.length > SHOWN && 'The first of them are shown.')}
          </>
        }
      />
      <div class="columns">
        <FilePicker
          label="Drop a text file here, or choose one"
          accept=".txt,.md,.csv,text/*"
          disabled={disabled}
          onFiles={([file]) => read(() => Promise.resolve(file))}
        />
        <div class="stack">
          <FolderChoice endings={['.txt', '.md']} disabled={disabled} onFile={read} />
          <Button
            quiet
            disabled={disabled}
            onClick={() =>
              read(async () => new File([await (await fetch('example-text.txt')).blob()], 'example-text.txt'))
            }
          >
            Little stories, to try it with
          </Button>
        </div>
      </div>
    </>
  );
}
