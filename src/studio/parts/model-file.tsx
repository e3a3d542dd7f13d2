import type { ComponentChildren } from 'preact';
import { download } from '../files/files.js';
import { Button } from './button.js';
import { ErrorNote } from './error-note.js';
import { FilePicker } from './file-picker.js';
import { FolderChoice } from './folder-choice.js';
import { useJob, type Job } from '../state/use-job.js';

/** Saves the model of a screen as a file that `seqkit` on the command line opens too, and opens one. */
export function ModelFile({
  name,
  page,
  title,
  model,
  isBusy,
  opening,
  open,
  children,
}: {
  /** Of the file that is saved. */
  name: string;
  /** The page that such a model can be put into, where there is one, and its heading there. */
  page?: 'listen' | 'generate' | 'compose' | 'classify' | 'chat';
  title: string;
  model: { toBytes(): Uint8Array } | undefined;
  /** Whether another is being trained. */
  isBusy: boolean;
  opening: Job;
  open: (file: () => Promise<File>) => void;
  /** Other ways to save it. */
  children?: ComponentChildren;
}) {
  const disabled = isBusy || opening.isRunning;
  const paging = useJob('The page is saved.');
  const savePage = (bytes: Uint8Array): void =>
    paging.run(async () => {
      const { modelPage } = await import('../../exchange/index.js');
      const answer = await fetch(`pages/${page}.html`);
      if (!answer.ok)
        throw new Error('The page for such models is not here. Reload the studio, and try again.');
      download(
        name.replace(/\.[^.]*$/, '.html'),
        await modelPage(await answer.text(), bytes, { title }),
        'text/html',
      );
    });
  return (
    <>
      <div class="row">
        <Button disabled={disabled || !model} onClick={() => model && download(name, model.toBytes())}>
          Save model
        </Button>
        {page && (
          <Button
            disabled={disabled || !model || paging.isRunning}
            onClick={() => model && savePage(model.toBytes())}
          >
            Save as a page
          </Button>
        )}
        <span class="note">{model ? name : 'Train a model, or open one.'}</span>
      </div>
      {children}
      <FilePicker
        label="Open a model: drop its .safetensors file here, or choose it"
        accept=".safetensors"
        disabled={disabled}
        onFiles={([file]) => open(() => Promise.resolve(file))}
      />
      <FolderChoice endings={['.safetensors']} disabled={disabled} onFile={open} />
      <ErrorNote error={opening.error ?? paging.error} />
    </>
  );
}
