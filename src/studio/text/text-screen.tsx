import { useEffect, useState } from 'preact/hooks';
import type { TextModel } from '../../text/index.js';
import { ModelFile } from '../parts/model-file.js';
import { Card, ErrorNote, Screen } from '../parts/parts.js';
import { keep, kept } from '../state/store.js';
import { useJob } from '../state/use-job.js';
import { TextTraining } from './text-training.js';
import { Writing } from './writing.js';

const KEY = 'text/model';

/** A text model: trained on a text, and writing on. */
export function TextScreen() {
  const training = useJob('The training has ended.');
  const opening = useJob('The model is open.');
  const [trained, setTrained] = useState<{ model: TextModel; text: string }>();
  const take = (model: TextModel, text: string): void => {
    setTrained((before) => {
      void before?.model.dispose();
      return { model, text };
    });
  };
  const open = (load: () => Promise<Blob | Uint8Array>): void =>
    opening.run(async () => {
      const { TextModel } = await import('../../text/index.js');
      const model = await TextModel.load(await load(), { engine: 'wasm' });
      take(model, '');
      await keep(KEY, model.toBytes());
    });
  useEffect(
    () =>
      void kept(KEY).then((bytes) => {
        if (bytes instanceof Uint8Array) open(() => Promise.resolve(bytes));
      }),
    [],
  );
  return (
    <Screen title="Text" lead="A network that learns to write as a text does, one character after another.">
      <TextTraining
        job={training}
        onModel={(model, text) => {
          take(model, text);
          void keep(KEY, model.toBytes());
        }}
      />
      {trained && <Writing model={trained.model} text={trained.text} />}
      <Card title="The model" note="The file works with seqkit generate, and in code with TextModel.load.">
        <ModelFile
          name="text.safetensors"
          bytes={trained && (() => trained.model.toBytes())}
          disabled={training.isRunning || opening.isRunning}
          onOpen={open}
        />
        <ErrorNote error={opening.error} />
      </Card>
    </Screen>
  );
}
