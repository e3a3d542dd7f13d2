import { useEffect, useState } from 'preact/hooks';
import type { KeyedVectors, ScoredWord } from '../../embeddings/index.js';
import { Bars } from '../parts/bars.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { TextField } from '../parts/field.js';
import { Card } from '../parts/screen.js';
import { announce } from '../state/announce.js';
import { shownError, type ShownError } from '../state/shown-error.js';
import { isText, useKept } from '../state/use-kept.js';

/** Answers that are shown. */
const SHOWN = 6;

const EXAMPLES = [
  ['king', 'man', 'woman'],
  ['paris', 'france', 'italy'],
  ['walking', 'walk', 'swim'],
  ['bigger', 'big', 'small'],
] as const;

interface Answer {
  readonly words: readonly [string, string, string];
  readonly found: readonly ScoredWord[];
}

/** The analogy as an equation: a − b + c, what it comes to, and by how far the first answer leads. */
export function Analogy({ vectors }: { vectors: KeyedVectors }) {
  const [typed, setTyped, isRead] = useKept('words/analogy', 'king man woman', isText);
  const [a = '', b = '', c = ''] = typed.split(' ');
  const [answer, setAnswer] = useState<Answer>();
  const [error, setError] = useState<ShownError>();
  const [isBusy, setBusy] = useState(false);
  const unknown = [a, b, c].filter((word) => word !== '' && !vectors.has(word));
  const set = (place: number, word: string): void =>
    setTyped([a, b, c].map((old, index) => (index === place ? word.replace(/\s/g, '') : old)).join(' '));
  const ask = async (words: readonly [string, string, string]): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const unknown = words.find((word) => !vectors.has(word));
      if (unknown !== undefined) throw await unknownWord(vectors, unknown);
      const [first, less, more] = words;
      const found = vectors.mostSimilar({ positive: [first, more], negative: [less], topn: SHOWN });
      setAnswer({ words, found });
      announce(`${first} minus ${less} plus ${more} is ${found[0]?.word ?? 'nothing'}.`);
    } catch (reason) {
      setAnswer(undefined);
      setError(shownError(reason));
    } finally {
      setBusy(false);
    }
  };
  // The first answer is there without asking.
  useEffect(() => {
    if (isRead && [a, b, c].every((word) => vectors.has(word))) void ask([a, b, c]);
  }, [isRead]);
  const lead = answer && answer.found.length > 1 ? answer.found[0].score - answer.found[1].score : undefined;
  return (
    <Card
      title="Analogy"
      note="Take one word from another and add a third. The answer is the word nearest to the sum."
      wide
    >
      <form
        class="equation"
        onSubmit={(event) => {
          event.preventDefault();
          void ask([a, b, c]);
        }}
      >
        <TextField label="Word" value={a} onInput={(word) => set(0, word)} />
        <span class="sign" aria-label="minus" role="img">
          −
        </span>
        <TextField label="less" value={b} onInput={(word) => set(1, word)} />
        <span class="sign" aria-label="plus" role="img">
          +
        </span>
        <TextField label="and" value={c} onInput={(word) => set(2, word)} />
        <Button primary type="submit" disabled={isBusy || !a || !b || !c} label="Solve">
          =
        </Button>
        <output class="answer" aria-label="Answer">
          {answer?.found[0]?.word ?? '…'}
        </output>
      </form>
      <p class="chips">
        {EXAMPLES.filter((words) => words.every((word) => vectors.has(word))).map((words) => (
          <Button
            key={words.join()}
            quiet
            onClick={() => {
              setTyped(words.join(' '));
              void ask(words);
            }}
          >
            {words[0]} − {words[1]} + {words[2]}
          </Button>
        ))}
      </p>
      <ErrorNote error={error} />
      {!answer && !error && unknown.length > 0 && (
        <p class="note">Without a vector: {unknown.join(', ')}. Take other words.</p>
      )}
      {answer && (
        <>
          <Bars
            label="Answers by cosine"
            rows={answer.found.map(({ word, score }) => ({
              name: word,
              value: score,
              shown: score.toFixed(3),
            }))}
          />
          <p class="note">
            {lead !== undefined && (
              <>
                “{answer.found[0].word}” leads by {lead.toFixed(3)}.{' '}
              </>
            )}
            The figure is the cosine with the sum, 1 at most. The three words asked about are no answers.
          </p>
        </>
      )}
    </Card>
  );
}

/** The error of a word without a vector, with words that are spelled like it. */
async function unknownWord(vectors: KeyedVectors, word: string): Promise<Error> {
  const near = await vectors.nearSpellings(word, 3);
  return Object.assign(new Error(`There is no vector for “${word}”.`), {
    hint:
      near.length > 0
        ? `Did you mean ${near.map((each) => `“${each}”`).join(' or ')}?`
        : 'Try a more frequent word.',
  });
}
