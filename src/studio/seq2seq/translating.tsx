import { useEffect, useState } from 'preact/hooks';
import type { Seq2Seq, Translation } from '../../tasks/index.js';
import { DataTable } from '../parts/data-table.js';
import { Bars } from '../parts/bars.js';
import { ErrorNote } from '../parts/error-note.js';
import { Slider, TextField } from '../parts/field.js';
import { HeatMap, seen } from '../parts/heat-map.js';
import { Card } from '../parts/screen.js';
import { announce } from '../state/announce.js';
import { shownError, type ShownError } from '../state/shown-error.js';
import { isText, useKept } from '../state/use-kept.js';

const FIRST_TEXT = 'forty seven';
/** The text is answered so long after a key. */
const DELAY_MS = 200;

/** What the model writes for what is typed, and where it looked. */
export function Translating({ model }: { model: Seq2Seq }) {
  const [text, setText] = useKept('seq2seq/text', FIRST_TEXT, isText);
  const [beam, setBeam] = useState(4);
  const [answer, setAnswer] = useState<Translation>();
  const [error, setError] = useState<ShownError>();
  useEffect(() => {
    if (text.trim() === '') return setAnswer(undefined);
    const timer = setTimeout(() => {
      try {
        const next = model.translate(text, { beam });
        setError(undefined);
        setAnswer(next);
        announce(`Answer: ${next.text}`);
      } catch (reason) {
        setAnswer(undefined);
        setError(shownError(reason));
      }
    }, DELAY_MS);
    return () => clearTimeout(timer);
  }, [text, beam, model]);
  return (
    <Card title="Try" wide>
      <div class="columns">
        <TextField label="A source" value={text} onInput={setText} />
        <Slider
          label="Answers followed side by side"
          value={beam}
          min={1}
          max={8}
          step={1}
          onInput={setBeam}
        />
      </div>
      <ErrorNote error={error} />
      {answer && (
        <>
          <p class="answered">
            <output aria-label="Answer">{answer.text === '' ? 'nothing' : answer.text}</output>
          </p>
          {answer.alternatives.length > 0 && (
            <>
              <Bars
                label="Answers by score"
                rows={[{ text: answer.text, score: answer.score }, ...answer.alternatives].map(
                  ({ text: each, score }) => ({
                    name: each === '' ? 'nothing' : each,
                    value: Math.exp(score),
                    shown: score.toFixed(2),
                  }),
                )}
              />
              <p class="note">
                The score is the logarithm of the probability, over a penalty for length: 0 is certain.
              </p>
            </>
          )}
          {answer.copied.some(Boolean) && (
            <p class="note">
              It did not know what to write for {answer.tokens.filter((_, i) => answer.copied[i]).join(', ')},
              and copied that.
            </p>
          )}
          {answer.tokens.length > 0 && <Attention answer={answer} />}
        </>
      )}
    </Card>
  );
}

/** Where the model looked as it wrote each token. */
function Attention({ answer: { tokens, sourceTokens, attention } }: { answer: Translation }) {
  const percent = (weight: number): string => `${Math.round(100 * weight)}%`;
  return (
    <>
      <HeatMap
        caption={
          <>
            <b>Attention</b>: where it looked. A row for each token of the answer, a column for each of the
            source; a row sums to 1.
          </>
        }
        label={`Attention of ${tokens.length} tokens of the answer to ${sourceTokens.length} of the source; the table below has the weights.`}
        columns={sourceTokens}
        rows={attention}
        rowNames={tokens}
        most={1}
        nameOf={(row, column) =>
          `${seen(tokens[row])} looked at ${seen(sourceTokens[column])}: ${percent(attention[row][column])}`
        }
      />
      <details>
        <summary>As a table</summary>
        <DataTable
          columns={['Answer', ...sourceTokens.map(seen)]}
          rows={tokens.map((token, row) => [seen(token), ...attention[row].map(percent)])}
        />
      </details>
    </>
  );
}
