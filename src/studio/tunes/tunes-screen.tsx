import type { MusicModel } from '../../text/index.js';
import { ModelFile } from '../parts/model-file.js';
import { Card, Screen } from '../parts/screen.js';
import { useJob } from '../state/use-job.js';
import { useModel } from '../state/use-model.js';
import { Composing } from './composing.js';
import { TuneTraining } from './tune-training.js';

async function load(from: Blob | Uint8Array): Promise<MusicModel> {
  const { MusicModel } = await import('../../text/index.js');
  return MusicModel.load(from, { engine: 'wasm' });
}

/** A model of tunes: trained on ABC, and composing. */
export function TunesScreen() {
  const training = useJob('The training has ended.');
  const { current, take, ...file } = useModel('tunes/model', load);
  return (
    <Screen
      title="Tunes"
      lead="A network that learns tunes and composes more of their kind: sheet music that plays."
    >
      <TuneTraining job={training} onModel={take} />
      {current && <Composing model={current.model} />}
      <Card title="The model" note="The file works with seqkit compose, and in code with MusicModel.load.">
        <ModelFile
          name="music.safetensors"
          page="compose"
          title="Tunes"
          model={current?.model}
          isBusy={training.isRunning}
          {...file}
        />
      </Card>
    </Screen>
  );
}
