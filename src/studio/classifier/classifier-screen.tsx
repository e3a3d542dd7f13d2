import { useEffect, useState } from 'preact/hooks';
import type { ClassifierEvaluation, SequenceClassifier } from '../../tasks/index.js';
import { ModelFile } from '../parts/model-file.js';
import { Card, ErrorNote, Screen } from '../parts/parts.js';
import { keep, kept } from '../state/store.js';
import { useJob } from '../state/use-job.js';
import { Confusion } from './confusion.js';
import { ExamplesCard } from './examples-card.js';
import { Trying } from './trying.js';

const KEY = 'classifier/model';

/** A classifier of texts: from examples to a model that answers, with its mistakes. */
export function ClassifierScreen() {
  const training = useJob('The classifier is trained.');
  const opening = useJob('The model is open.');
  const [trained, setTrained] = useState<{
    model: SequenceClassifier;
    evaluation: ClassifierEvaluation | undefined;
    isOpened: boolean;
  }>();
  const take = (
    model: SequenceClassifier,
    evaluation: ClassifierEvaluation | undefined,
    isOpened: boolean,
  ): void =>
    setTrained((before) => {
      void before?.model.dispose();
      return { model, evaluation, isOpened };
    });
  const open = (load: () => Promise<Blob | Uint8Array>): void =>
    opening.run(async () => {
      const { SequenceClassifier } = await import('../../tasks/index.js');
      const model = await SequenceClassifier.load(await load(), { engine: 'wasm' });
      if (model.input !== 'words' && model.input !== 'characters') {
        await model.dispose();
        throw new Error('This classifier takes no text, and the page has no other input for it.');
      }
      take(model, undefined, true);
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
    <Screen title="Classifier" lead="Sort texts into classes of your own, and see which words decide.">
      <ExamplesCard
        job={training}
        onModel={(model, evaluation) => {
          take(model, evaluation, false);
          void keep(KEY, model.toBytes());
        }}
      />
      {trained && <Trying model={trained.model} />}
      {trained && !trained.isOpened && <Confusion key={trained.model.seed} evaluation={trained.evaluation} />}
      <Card
        title="The model"
        note="The file works with seqkit classify, and in code with SequenceClassifier.load."
      >
        <ModelFile
          name="classifier.safetensors"
          bytes={trained && (() => trained.model.toBytes())}
          disabled={training.isRunning || opening.isRunning}
          onOpen={open}
        />
        <ErrorNote error={opening.error} />
      </Card>
    </Screen>
  );
}
