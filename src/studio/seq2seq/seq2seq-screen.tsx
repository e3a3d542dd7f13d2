import type { Seq2Seq } from '../../tasks/index.js';
import { ModelFile } from '../parts/model-file.js';
import { Card, Screen } from '../parts/screen.js';
import { useFit } from '../state/use-fit.js';
import { useModel } from '../state/use-model.js';
import { PairFigures } from './pair-figures.js';
import { isSeq2SeqChoices, Seq2SeqTraining, type PairTest, type Seq2SeqChoices } from './seq2seq-training.js';
import { Translating } from './translating.js';

async function load(from: Blob | Uint8Array): Promise<Seq2Seq> {
  const { Seq2Seq } = await import('../../tasks/index.js');
  return Seq2Seq.load(from, { engine: 'wasm' });
}

/** What is known of a model that was trained here. */
interface Trained {
  /** Undefined where nothing was held back. */
  readonly test: PairTest | undefined;
}

/** From one sequence to another: pairs, answers, and where the model looked. */
export function Seq2SeqScreen() {
  const fit = useFit<Seq2SeqChoices>('The model is trained.', 'seq2seq/unfinished', isSeq2SeqChoices);
  const { current, take, ...file } = useModel<Seq2Seq, Trained>('seq2seq/model', load);
  return (
    <Screen
      title="Seq2Seq"
      lead="From one sequence to another: an encoder reads, a decoder writes, and attention says where it looks."
    >
      <Seq2SeqTraining fit={fit} onModel={(model, test) => take(model, { test })} />
      {current && <Translating model={current.model} />}
      {current?.figures && <PairFigures key={current.id} test={current.figures.test} />}
      <Card title="The model" note="The file works with seqkit translate, and in code with Seq2Seq.load.">
        <ModelFile
          name="seq2seq.safetensors"
          title="Seq2Seq"
          model={current?.model}
          isBusy={fit.job.isRunning}
          {...file}
        />
      </Card>
    </Screen>
  );
}
