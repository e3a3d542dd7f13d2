import { useEffect, useState } from 'preact/hooks';
import type { SequenceTagger, Tagged } from '../../tasks/index.js';
import { DataTable } from '../parts/data-table.js';
import { ErrorNote } from '../parts/error-note.js';
import { TextArea } from '../parts/field.js';
import { Card } from '../parts/screen.js';
import { TaggedText } from '../parts/tagged-text.js';
import { announce } from '../state/announce.js';
import { shownError, type ShownError } from '../state/shown-error.js';
import { isText, useKept } from '../state/use-kept.js';
import { tokensOf, typesOf, type Token } from './notation.js';
import { spansOf } from './spans.js';

const FIRST_TEXT = 'Is there a night train from Oslo to San Remo on Tuesday?';
/** The text is tagged so long after a key. */
const DELAY_MS = 200;

/** What is typed, with what was found in it in colours. */
export function Tagging({ model }: { model: SequenceTagger }) {
  const [text, setText] = useKept('tagger/text', FIRST_TEXT, isText);
  const [answer, setAnswer] = useState<{ text: string; tokens: readonly Token[]; found: Tagged }>();
  const [error, setError] = useState<ShownError>();
  useEffect(() => {
    const tokens = tokensOf(text);
    if (tokens.length === 0) return setAnswer(undefined);
    let isGone = false;
    const timer = setTimeout(
      () =>
        void model
          .tag(tokens.map((token) => token.text))
          .then((found) => {
            if (isGone) return;
            setError(undefined);
            setAnswer({ text, tokens, found });
            announce(inWords(text, tokens, found));
          })
          // A model that was replaced meanwhile is gone.
          .catch((reason: unknown) => !isGone && setError(shownError(reason))),
      DELAY_MS,
    );
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [text, model]);
  const types = typesOf(model.labels);
  return (
    <Card title="Try" wide>
      <TextArea label="A text to tag" value={text} onInput={setText} rows={2} />
      <ErrorNote error={error} />
      {answer && (
        <>
          <p class="tagged">
            <TaggedText
              text={answer.text}
              spans={spansOf(answer.tokens, answer.found.tags, answer.found.entities)}
              types={types}
            />
          </p>
          <details>
            <summary>Each token with its tag</summary>
            <DataTable
              columns={['Token', 'Tag']}
              rows={answer.tokens.map(({ text: token }, i) => [token, answer.found.tags[i]])}
            />
          </details>
        </>
      )}
    </Card>
  );
}

function inWords(text: string, tokens: readonly Token[], { tags, entities }: Tagged): string {
  const spans = spansOf(tokens, tags, entities);
  if (spans.length === 0) return 'Nothing was found.';
  return `${spans.map(({ start, end, type }) => `${type}: ${text.slice(start, end)}`).join('. ')}.`;
}
