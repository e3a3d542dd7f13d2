import { useState } from 'preact/hooks';
import type { OnnxDescription } from '../../exchange/index.js';
import { download } from '../files/files.js';
import { useJob } from '../state/use-job.js';
import { Button } from './button.js';
import { ErrorNote } from './error-note.js';

/** Saves a model as ONNX, and then what a program must know to run it: browsers mind two files of one click. */
export function OnnxFile({
  name,
  model,
  disabled,
}: {
  /** Of the files, without an ending. */
  name: string;
  model: { toBytes(): Uint8Array };
  disabled: boolean;
}) {
  const saving = useJob('The ONNX file is saved.');
  const [description, setDescription] = useState<OnnxDescription>();
  const save = (): void =>
    saving.run(async () => {
      const { toOnnx } = await import('../../exchange/index.js');
      const exported = await toOnnx(model.toBytes());
      download(`${name}.onnx`, exported.bytes);
      setDescription(exported.description);
    });
  return (
    <>
      <div class="row">
        <Button disabled={disabled || saving.isRunning} onClick={save}>
          Save as ONNX
        </Button>
        {description && (
          <Button
            quiet
            onClick={() =>
              download(`${name}.json`, `${JSON.stringify(description, undefined, 2)}\n`, 'application/json')
            }
          >
            Save {name}.json beside it
          </Button>
        )}
        <span class="note">
          {description
            ? 'The JSON says what a program must know: inputs, features, words and thresholds.'
            : 'For ONNX Runtime, in Python and others.'}
        </span>
      </div>
      <ErrorNote error={saving.error} />
    </>
  );
}
