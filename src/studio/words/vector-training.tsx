import { useMemo, useState } from 'preact/hooks';
import type { FitCorpusOptions, Word2Vec } from '../../embeddings/index.js';
import { Select, Slider } from '../parts/field.js';
import { FitControls } from '../parts/fit-controls.js';
import { Card } from '../parts/screen.js';
import { TextInput } from '../parts/text-input.js';
import { shownDuration } from '../state/duration.js';
import { isStop } from '../state/shown-error.js';
import { useCurve } from '../state/use-curve.js';
import { useJob } from '../state/use-job.js';
import { isText, useKept } from '../state/use-kept.js';
import { useUnfinished, type Unfinished } from '../state/use-unfinished.js';
import {
  fingerprint,
  FIRST_CHOICES,
  isBegun,
  isChoices,
  LEAST_CHARACTERS,
  modelOptions,
  MOST_PASSES,
  passesFor,
  tokensOf,
  type BegunTraining,
} from './training-settings.js';
import type { TrainedVectors } from './vectors.js';

/** A training is saved so often. */
const SAVE_MINUTES = 0.05;

/** Trains vectors on a text of the user's. */
export function VectorTraining({ onTrained }: { onTrained: (trained: TrainedVectors) => void }) {
  const job = useJob('The vectors are trained.');
  const [text, setText] = useKept('words/text', '', isText);
  const [choices, setChoices] = useKept('words/choices', FIRST_CHOICES, isChoices);
  const [state, setState] = useState<{ share: number | undefined; text: string }>();
  const curve = useCurve(['loss']);
  const unfinished = useUnfinished<BegunTraining>('words/unfinished', isBegun);
  const train = (settings: BegunTraining, from?: Unfinished<BegunTraining>): void =>
    job.run(async (signal) => {
      curve.clear();
      setState({ share: undefined, text: from ? 'Getting ready …' : 'Counting words …' });
      const { FastText, textCorpus, Word2Vec } = await import('../../embeddings/index.js');
      const Model = settings.model === 'fasttext' ? FastText : Word2Vec;
      const model: Word2Vec = from
        ? await Model.load(from.checkpoint)
        : new Model(modelOptions(settings, text.length));
      const begun = performance.now();
      const before = from?.share ?? 0;
      let share = before;
      const options: FitCorpusOptions = {
        signal,
        checkpoint: unfinished.store(settings, () => share, from),
        checkpointMinutes: SAVE_MINUTES,
        onProgress: ({ epoch, epochs, words, totalWords, secondsLeft, loss }) => {
          share = before + (1 - before) * (words / totalWords);
          if (Number.isFinite(loss)) curve.add('loss', words, loss);
          setState({
            share,
            text: `Pass ${epoch} of ${epochs}, about ${shownDuration(secondsLeft)} left`,
          });
        },
      };
      try {
        const corpus = textCorpus(text, { tokens: tokensOf(text) });
        await (from ? model.train(corpus, options) : model.fit(corpus, options)).catch((reason: unknown) => {
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
          file: settings.model === 'fasttext' ? 'vectors.bin' : 'vectors.safetensors',
          // The format of fastText's program keeps what gives vectors to words that never came.
          bytes: await model.wv.toBytes(settings.model === 'fasttext' ? 'fasttext-binary' : 'seqkit'),
        });
        unfinished.forget();
      } catch (error) {
        setState(undefined);
        unfinished.offerAgain();
        throw error;
      } finally {
        await model.dispose();
      }
    });
  const isShort = text.trim().length < LEAST_CHARACTERS;
  const disabled = job.isRunning;
  const textMark = useMemo(() => fingerprint(text), [text]);
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
      <FitControls
        fit={{ job, state, curve, unfinished }}
        label="Train vectors"
        disabled={isShort}
        onTrain={() => train({ ...choices, text: textMark })}
        onGoOn={(found) => {
          setChoices(found.settings);
          train(found.settings, found);
        }}
        // Of another text it would go on with words that are not there.
        canGoOn={(begun) => begun.text === textMark}
        title="Loss of a word with its noise"
        xName="words read"
      />
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
