import { useEffect, useState } from 'preact/hooks';
import { CopyCheck, type CopyReport, type NextCharacter, type TextModel } from '../../text/index.js';
import { Bars } from '../parts/bars.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { Slider, TextField } from '../parts/field.js';
import { Card } from '../parts/screen.js';
import { useJob } from '../state/use-job.js';
import { isText, useKept } from '../state/use-kept.js';
import { shownCharacter, shownShare } from './shown-character.js';
import { WrittenText, type Written } from './written-text.js';

interface Sampling {
  readonly temperature: number;
  readonly topP: number;
  readonly repetitionPenalty: number;
  readonly length: number;
}

const FIRST: Sampling = { temperature: 0.7, topP: 1, repetitionPenalty: 1, length: 400 };
const isSampling = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(FIRST).every((key) => typeof (value as Record<string, unknown>)[key] === 'number');

/** Characters that may come next which are shown. */
const NEXT_SHOWN = 8;
/** A stretch of so many characters that stands in the training text is worth a word. */
const LONG_COPY = 20;

/** Has the model write, character by character, and tells what it copied. */
export function Writing({ model, text }: { model: TextModel; text: string }) {
  const job = useJob('The text is written.');
  const [sampling, setSampling] = useKept('text/sampling', FIRST, isSampling);
  const [prime, setPrime] = useKept('text/prime', '', isText);
  const [made, setMade] = useState<Written>({ prime: '', text: '', temperature: 1 });
  const [seed, setSeed] = useState(1);
  const [copy, setCopy] = useState<CopyReport>();
  const write = (): void =>
    job.run(async (signal) => {
      setCopy(undefined);
      const { temperature } = sampling;
      setMade({ prime, text: '', temperature });
      let written = '';
      for await (const { text: piece } of model.streamSamples({ ...sampling, prime, seed, signal })) {
        written += piece;
        setMade({ prime, text: written, temperature });
      }
      setSeed(seed + 1);
      if (text !== '') {
        const check = new CopyCheck(written);
        check.read(text);
        setCopy(check.report());
      }
    });
  const set = (changed: Partial<Sampling>): void => setSampling({ ...sampling, ...changed });
  return (
    <Card
      title="Write"
      note="Low temperatures keep to what is likely; high ones are daring, and misspell."
      wide
    >
      <div class="columns">
        <TextField label="Begin with" value={prime} onInput={setPrime} placeholder="nothing" />
        <Slider
          label="Temperature"
          value={sampling.temperature}
          min={0.1}
          max={1.5}
          step={0.05}
          shown={sampling.temperature.toFixed(2)}
          onInput={(temperature) => set({ temperature })}
        />
        <Slider
          label="Top-p"
          value={sampling.topP}
          min={0.1}
          max={1}
          step={0.05}
          shown={sampling.topP.toFixed(2)}
          onInput={(topP) => set({ topP })}
        />
        <Slider
          label="Penalty for repeating"
          value={sampling.repetitionPenalty}
          min={1}
          max={1.6}
          step={0.05}
          shown={sampling.repetitionPenalty.toFixed(2)}
          onInput={(repetitionPenalty) => set({ repetitionPenalty })}
        />
        <Slider
          label="Characters"
          value={sampling.length}
          min={50}
          max={3000}
          step={50}
          onInput={(length) => set({ length })}
        />
      </div>
      <div class="row">
        <Button primary onClick={write} disabled={job.isRunning}>
          Write
        </Button>
        <Button onClick={job.stop} disabled={!job.isRunning}>
          Stop
        </Button>
      </div>
      <ErrorNote error={job.error} />
      {(made.text !== '' || job.isRunning) && (
        <WrittenText
          model={model}
          written={made}
          copied={copy && copy.longestLength >= LONG_COPY ? copy.longest : ''}
          isBusy={job.isRunning}
        />
      )}
      {copy && (
        <p class="note">
          {copy.longestLength >= LONG_COPY
            ? `The marked ${copy.longestLength} characters stand word for word in the training text. `
            : `Its longest stretch that stands word for word in the training text has ${copy.longestLength} characters. `}
          {Math.round(100 * copy.seenEightGrams)}% of its stretches of eight characters stand there too.
        </p>
      )}
      <Next model={model} after={made.prime + made.text || prime} isBusy={job.isRunning} />
    </Card>
  );
}

/** Characters of the text so far that the model reads to say what comes next. */
const CONTEXT = 200;

/** What may come next, and how likely the model thinks it. */
function Next({ model, after, isBusy }: { model: TextModel; after: string; isBusy: boolean }) {
  const [next, setNext] = useState<readonly NextCharacter[]>([]);
  useEffect(() => {
    if (isBusy) return;
    const session = model.session();
    try {
      session.feed(after === '' ? '\n' : after.slice(-CONTEXT));
      setNext(session.predict().slice(0, NEXT_SHOWN));
    } finally {
      session.dispose();
    }
  }, [model, after, isBusy]);
  return (
    <details>
      <summary>What may come next</summary>
      <Bars
        label="What may come next"
        rows={next.map(({ character, probability }) => ({
          name: shownCharacter(character),
          value: probability,
          shown: shownShare(probability),
        }))}
      />
    </details>
  );
}
