import type { SequenceTagger } from '../../tasks/index.js';
import { ModelFile } from '../parts/model-file.js';
import { Card, Screen } from '../parts/screen.js';
import { useFit } from '../state/use-fit.js';
import { useModel } from '../state/use-model.js';
import { TaggerFigures } from './tagger-figures.js';
import { Tagging } from './tagging.js';
import { isTaggerChoices, TaggerTraining, type TaggerChoices, type TaggerTest } from './tagger-training.js';

async function load(from: Blob | Uint8Array): Promise<SequenceTagger> {
  const { SequenceTagger } = await import('../../tasks/index.js');
  return SequenceTagger.load(from, { engine: 'wasm' });
}

/** What is known of a tagger that was trained here. */
interface Trained {
  /** Undefined where nothing was held back. */
  readonly test: TaggerTest | undefined;
}

/** A tagger: from marked examples to texts in colours. */
export function TaggerScreen() {
  const fit = useFit<TaggerChoices>('The tagger is trained.', 'tagger/unfinished', isTaggerChoices);
  const { current, take, ...file } = useModel<SequenceTagger, Trained>('tagger/model', load);
  return (
    <Screen
      title="Tagger"
      lead="Find names, places, days, or whatever you mark, in any text: a tag for each word."
    >
      <TaggerTraining fit={fit} onModel={(model, test) => take(model, { test })} />
      {current && <Tagging model={current.model} />}
      {current?.figures && <TaggerFigures key={current.id} test={current.figures.test} />}
      <Card title="The model" note="The file works with seqkit tag, and in code with SequenceTagger.load.">
        <ModelFile
          name="tagger.safetensors"
          title="Tagger"
          model={current?.model}
          isBusy={fit.job.isRunning}
          {...file}
        />
      </Card>
    </Screen>
  );
}
