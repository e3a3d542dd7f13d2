import type { ClassifierEvaluation, SequenceClassifier } from '../../tasks/index.js';
import { ModelFile } from '../parts/model-file.js';
import { Card, Screen } from '../parts/screen.js';
import { useJob } from '../state/use-job.js';
import { useModel } from '../state/use-model.js';
import { Confusion } from './confusion.js';
import { ExamplesCard } from './examples-card.js';
import { Trying } from './trying.js';

async function load(from: Blob | Uint8Array): Promise<SequenceClassifier> {
  const { SequenceClassifier } = await import('../../tasks/index.js');
  const model = await SequenceClassifier.load(from, { engine: 'wasm' });
  if (model.input === 'words' || model.input === 'characters') return model;
  await model.dispose();
  throw new Error('This classifier takes no text, and the page has no other input for it.');
}

/** What is known of a classifier that was trained here. */
interface Trained {
  /** Undefined where nothing was held back. */
  readonly evaluation: ClassifierEvaluation | undefined;
}

/** A classifier of texts: from examples to a model that answers, with its mistakes. */
export function ClassifierScreen() {
  const training = useJob('The classifier is trained.');
  const { current, take, ...file } = useModel<SequenceClassifier, Trained>('classifier/model', load);
  return (
    <Screen title="Classifier" lead="Sort texts into classes of your own, and see which words decide.">
      <ExamplesCard job={training} onModel={(model, evaluation) => take(model, { evaluation })} />
      {current && <Trying model={current.model} />}
      {current?.figures && <Confusion key={current.id} evaluation={current.figures.evaluation} />}
      <Card
        title="The model"
        note="The file works with seqkit classify, and in code with SequenceClassifier.load."
      >
        <ModelFile
          name="classifier.safetensors"
          page="classify"
          title="Classifier"
          model={current?.model}
          isBusy={training.isRunning}
          {...file}
        />
      </Card>
    </Screen>
  );
}
