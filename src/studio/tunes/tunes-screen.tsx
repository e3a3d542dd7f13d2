import type { MusicModel, TuneModel } from '../../text/index.js';
import { dataBytes } from '../files/files.js';
import { Button } from '../parts/button.js';
import { ModelFile } from '../parts/model-file.js';
import { Card, Screen } from '../parts/screen.js';
import { useJob } from '../state/use-job.js';
import { useModel } from '../state/use-model.js';
import { Composing } from './composing.js';
import { TuneTraining } from './tune-training.js';

const SHIPPED = 'seqkit-tunes.safetensors';
const shippedModel = (): Promise<Uint8Array> => dataBytes(`tunes/${SHIPPED}`);

async function load(from: Blob | Uint8Array): Promise<MusicModel | TuneModel> {
  const { openComposer } = await import('../../text/index.js');
  return openComposer(from, { engine: 'wasm' });
}

/** A model of tunes: composing, and trained on ABC. */
export function TunesScreen() {
  const training = useJob('The training has ended.');
  const { current, take, ...file } = useModel<MusicModel | TuneModel>('tunes/model', load, {
    first: shippedModel,
  });
  return (
    <Screen
      title="Tunes"
      lead="A network that learns tunes and composes more of their kind: sheet music that plays."
    >
      {current && <Composing key={current.id} model={current.model} />}
      <TuneTraining job={training} onModel={take} />
      <Card
        title="The model"
        note="A model comes with seqkit, so you can compose at once. It has learnt tunes that a script makes; train one on real ones. The file works with seqkit compose, and in code with openComposer."
      >
        <ModelFile
          name="music.safetensors"
          page="compose"
          title="Tunes"
          model={current?.model}
          isBusy={training.isRunning}
          {...file}
        />
        <Button
          quiet
          disabled={training.isRunning || file.opening.isRunning}
          onClick={() => file.open(async () => new File([(await shippedModel()) as BlobPart], SHIPPED))}
        >
          The model that comes with seqkit
        </Button>
      </Card>
    </Screen>
  );
}
