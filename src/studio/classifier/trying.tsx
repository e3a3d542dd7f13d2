import { useEffect, useState } from 'preact/hooks';
import type { Classification, Influence, SequenceClassifier } from '../../tasks/index.js';
import { Bars } from '../parts/bars.js';
import { ErrorNote } from '../parts/error-note.js';
import { TextField } from '../parts/field.js';
import { Card } from '../parts/screen.js';
import { announce } from '../state/announce.js';
import { shownError, type ShownError } from '../state/shown-error.js';

/** Words that decided which are marked. */
const MARKED = 3;

/** The class of what is typed, with the words that decided. */
export function Trying({ model }: { model: SequenceClassifier }) {
  const [text, setText] = useState('');
  const [answer, setAnswer] = useState<{ text: string; found: Classification; why: readonly Influence[] }>();
  const [error, setError] = useState<ShownError>();
  useEffect(() => {
    if (text.trim() === '') return setAnswer(undefined);
    let isGone = false;
    const timer = setTimeout(
      () =>
        void (async () => {
          const found = await model.classify(text);
          const why = await model.explain(text, { top: MARKED });
          if (isGone) return;
          setError(undefined);
          setAnswer({ text, found, why });
          announce(`${found.label}, ${Math.round(100 * found.probability)} percent.`);
        })().catch((reason: unknown) => setError(shownError(reason))),
      200,
    );
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [text, model]);
  return (
    <Card title="Try">
      <TextField label="A text to classify" value={text} onInput={setText} placeholder="Type a sentence" />
      <ErrorNote error={error} />
      {answer && (
        <>
          <Bars
            label="Classes"
            rows={answer.found.alternatives.map(({ label, probability }) => ({
              name: label,
              value: probability,
              shown: `${(100 * probability).toFixed(0)}%`,
            }))}
          />
          <p class="why">
            <Reasons text={answer.text} why={answer.why} />
          </p>
          <p class="note">The marked words decided: without them it is less sure.</p>
        </>
      )}
    </Card>
  );
}

function Reasons({ text, why }: { text: string; why: readonly Influence[] }) {
  const spans = why.filter(({ influence }) => influence > 0).sort((a, b) => a.start - b.start);
  let at = 0;
  const parts = spans.flatMap(({ start, word }) => {
    const before = text.slice(at, start);
    at = start + word.length;
    return [before, <mark key={start}>{text.slice(start, at)}</mark>];
  });
  return (
    <>
      {parts}
      {text.slice(at)}
    </>
  );
}
