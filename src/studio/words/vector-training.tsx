import { useState } from 'preact/hooks';
import type { Word2Vec } from '../../embeddings/index.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { Select, Slider } from '../parts/field.js';
import { LineChart } from '../parts/line-chart.js';
import { Progress } from '../parts/progress.js';
import { Card } from '../parts/screen.js';
import { TextInput } from '../parts/text-input.js';
import { shownDuration } from '../state/duration.js';
import { isStop } from '../state/shown-error.js';
import { useCurve } from '../state/use-curve.js';
import { useJob } from '../state/use-job.js';
import { isText, useKept } from '../state/use-kept.js';
import {
  FIRST_CHOICES,
  isChoices,
  LEAST_CHARACTERS,
  modelOptions,
  MOST_PASSES,
  passesFor,
  tokensOf,
} from './training-settings.js';
import type { TrainedVectors } from './vectors.js';

/** Trains vectors on a text of the user's. */
export function VectorTraining({ onTrained }: { onTrained: (trained: TrainedVectors) => void }) {
  const job = useJob('The vectors are trained.');
  const [text, setText] = useKept('words/text', '', isText);
  const [choices, setChoices] = useKept('words/choices', FIRST_CHOICES, isChoices);
  const [state, setState] = useState<{ share: number | undefined; text: string }>();
  const curve = useCurve(['loss']);
  const train = (): void =>
    job.run(async (signal) => {
      curve.clear();
      setState({ share: undefined, text: 'Counting words …' });
      const { FastText, textCorpus, Word2Vec } = await import('../../embeddings/index.js');
      const Model = choices.model === 'fasttext' ? FastText : Word2Vec;
      const model: Word2Vec = new Model(modelOptions(choices, text.length));
      const begun = performance.now();
      try {
        await model
          .fit(textCorpus(text, { tokens: tokensOf(text) }), {
            signal,
            onProgress: ({ epoch, epochs, words, totalWords, secondsLeft, loss }) => {
              if (Number.isFinite(loss)) curve.add('loss', words, loss);
              setState({
                share: words / totalWords,
                text: `Pass ${epoch} of ${epochs}, about ${shownDuration(secondsLeft)} left`,
              });
            },
          })
          .catch((reason: unknown) => {
            // What a stopped training has learned stays.
            if (!isStop(reason)) throw reason;
            if (!hasLearned(model)) throw new Error('It was stopped before it had learned anything.');
          });
        const { length: count } = model.vocabulary.words;
        const ended = signal.aborted ? 'Stopped' : 'Done';
        setState({
          share: 1,
          text: `${ended} after ${shownDuration((performance.now() - begun) / 1000)}: ${count.toLocaleString('en')} words.`,
        });
        onTrained({
          name: `Trained here on ${model.vocabulary.corpusWords.toLocaleString('en')} words`,
          file: choices.model === 'fasttext' ? 'vectors.bin' : 'vectors.safetensors',
          // The format of fastText's program keeps what gives vectors to words that never came.
          bytes: await model.wv.toBytes(choices.model === 'fasttext' ? 'fasttext-binary' : 'seqkit'),
        });
      } catch (error) {
        setState(undefined);
        throw error;
      } finally {
        await model.dispose();
      }
    });
  const isShort = text.trim().length < LEAST_CHARACTERS;
  const disabled = job.isRunning;
  return (
    <Card
      title="Train on a text"
      note="Vectors of your own: each word learns to foretell those around it. A line counts as a sentence."
      wide
    >
      <TextInput
        {...{ text, setText, disabled }}
        reading={job}
        {...(isShort && { hint: `Paste ${LEAST_CHARACTERS} or more; a million give good neighbours.` })}
      />
      <div class="columns">
        <Select
          label="Model"
          value={choices.model}
          disabled={disabled}
          options={[
            ['word2vec', 'Word2Vec: whole words'],
            ['fasttext', 'FastText: spellings count too'],
          ]}
          onInput={(model) => setChoices({ ...choices, model: model as 'word2vec' | 'fasttext' })}
        />
        <Slider
          label="Numbers of a vector"
          value={choices.vectorSize}
          min={10}
          max={200}
          step={10}
          disabled={disabled}
          onInput={(vectorSize) => setChoices({ ...choices, vectorSize })}
        />
        <Slider
          label="A word must come (minCount)"
          value={choices.minCount}
          min={1}
          max={20}
          step={1}
          shown={choices.minCount === 1 ? 'once' : `${choices.minCount} times`}
          disabled={disabled}
          onInput={(minCount) => setChoices({ ...choices, minCount })}
        />
        <Slider
          label="Passes over the text"
          value={choices.passes ?? passesFor(text.length)}
          min={1}
          max={MOST_PASSES}
          step={1}
          disabled={disabled}
          onInput={(passes) => setChoices({ ...choices, passes })}
        />
      </div>
      <div class="row">
        <Button primary onClick={train} disabled={disabled || isShort}>
          Train vectors
        </Button>
        <Button onClick={job.stop} disabled={!disabled || state === undefined}>
          Stop, and keep what they learned
        </Button>
      </div>
      <ErrorNote error={job.error} />
      {state && (
        <>
          <Progress label="Training of vectors" {...state} />
          <LineChart title="Loss of a word with its noise" xName="words read" lines={curve.lines} />
        </>
      )}
    </Card>
  );
}

/** Whether a training that was stopped has read anything: before that, vectors are chance. */
function hasLearned(model: Word2Vec): boolean {
  try {
    const { epoch, block } = model.position;
    return epoch > 0 || block > 0;
  } catch {
    // Its words were not even counted.
    return false;
  }
}
