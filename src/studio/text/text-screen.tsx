import type { TextModel } from '../../text/index.js';
import { ModelFile } from '../parts/model-file.js';
import { Card, Screen } from '../parts/screen.js';
import { useJob } from '../state/use-job.js';
import { useModel } from '../state/use-model.js';
import { TextTraining } from './text-training.js';
import { Writing } from './writing.js';

async function load(from: Blob | Uint8Array): Promise<TextModel> {
  const { TextModel } = await import('../../text/index.js');
  return TextModel.load(from, { engine: 'wasm' });
}

/** A text model: trained on a text, and writing on. */
export function TextScreen() {
  const training = useJob('The training has ended.');
  // Beside a model that was trained here stands its text, to find what it copies.
  const { current, take, ...file } = useModel<TextModel, string>('text/model', load);
  return (
    <Screen title="Text" lead="A network that learns to write as a text does, one character after another.">
      <TextTraining job={training} onModel={take} />
      {current && <Writing model={current.model} text={current.figures ?? ''} />}
      <Card title="The model" note="The file works with seqkit generate, and in code with TextModel.load.">
        <ModelFile
          name="text.safetensors"
          page="generate"
          title="A text model"
          model={current?.model}
          isBusy={training.isRunning}
          {...file}
        />
      </Card>
    </Screen>
  );
}
