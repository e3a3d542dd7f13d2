import { useEffect, useState } from 'preact/hooks';
import type { KeyedVectors, WeatResult } from '../../embeddings/index.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { TextArea } from '../parts/field.js';
import { Card } from '../parts/screen.js';
import { announce } from '../state/announce.js';
import { shownError, type ShownError } from '../state/shown-error.js';
import { useKept } from '../state/use-kept.js';
import {
  association,
  biasQuestion,
  EXAMPLES,
  isSets,
  SET_NAMES,
  sizeInWords,
  type BiasQuestion,
  type SetName,
  type TypedSets,
} from './bias-sets.js';

const LABELS: Readonly<Record<SetName, string>> = {
  x: 'X, words to compare',
  y: 'Y, as many others',
  a: 'A, what they may be near to',
  b: 'B, or to this',
};
/** The sets are read so long after a key. */
const DELAY_MS = 300;

interface Answer extends BiasQuestion {
  readonly result: WeatResult;
  readonly scores: readonly { word: string; set: SetName; score: number }[];
}

/** The Word Embedding Association Test on sets of the user's, with what its figures mean. */
export function BiasAudit({ vectors }: { vectors: KeyedVectors }) {
  const [typed, setTyped] = useKept<TypedSets>('words/bias', EXAMPLES[0][1], isSets);
  const [answer, setAnswer] = useState<Answer>();
  const [left, setLeft] = useState<Pick<BiasQuestion, 'unknown' | 'surplus'>>({ unknown: [], surplus: [] });
  const [error, setError] = useState<ShownError>();
  useEffect(() => {
    const timer = setTimeout(() => {
      void (async () => {
        const question = biasQuestion(typed, vectors);
        setLeft(question);
        const { x, y, a, b } = question.sets;
        setError(undefined);
        if (x.words.length < 2 || a.words.length === 0 || b.words.length === 0) return setAnswer(undefined);
        const { weat } = await import('../../embeddings/index.js');
        const result = weat(vectors, {
          ...{ targetsX: x.words, targetsY: y.words },
          ...{ attributesA: a.words, attributesB: b.words },
        });
        const scores = (['x', 'y'] as const).flatMap((set) =>
          question.sets[set].words.map((word) => ({
            ...{ word, set },
            score: association(vectors, word, question.sets),
          })),
        );
        setAnswer({ ...question, result, scores: scores.sort((one, other) => other.score - one.score) });
        announce(`Effect size ${result.effectSize.toFixed(2)}.`);
      })().catch((reason: unknown) => {
        setAnswer(undefined);
        setError(shownError(reason));
      });
    }, DELAY_MS);
    return () => clearTimeout(timer);
  }, [typed, vectors]);
  return (
    <Card
      title="Bias audit"
      note="Vectors learn what a text takes for granted. Is X nearer to A, and Y to B? The Word Embedding Association Test (Caliskan et al. 2017) asks."
      wide
    >
      <p class="chips">
        {EXAMPLES.map(([name, sets]) => (
          <Button key={name} quiet onClick={() => setTyped(sets)}>
            {name}
          </Button>
        ))}
      </p>
      <div class="pairs">
        {SET_NAMES.map((set) => (
          <TextArea
            key={set}
            label={LABELS[set]}
            value={typed[set]}
            rows={2}
            onInput={(value) => setTyped({ ...typed, [set]: value })}
          />
        ))}
      </div>
      {left.unknown.length > 0 && <p class="note">Without a vector: {left.unknown.join(', ')}.</p>}
      {left.surplus.length > 0 && (
        <p class="note">Not counted, since X and Y need as many words: {left.surplus.join(', ')}.</p>
      )}
      <ErrorNote error={error} />
      {!answer && !error && (
        <p class="note">Give X and Y two words or more that have vectors, and A and B one or more.</p>
      )}
      {answer && <Figures answer={answer} />}
    </Card>
  );
}

function Figures({ answer: { sets, result, scores } }: { answer: Answer }) {
  const { x, y, a, b } = sets;
  const { effectSize, pValue, permutations, exact } = result;
  const [near, far] = effectSize >= 0 ? [x, y] : [y, x];
  const most = Math.max(1e-9, ...scores.map(({ score }) => Math.abs(score)));
  return (
    <>
      <dl class="figures">
        <div>
          <dt>Effect size</dt>
          <dd>{effectSize.toFixed(2)}</dd>
        </div>
        <div>
          <dt>p, one-sided</dt>
          <dd>{pValue.toPrecision(2)}</dd>
        </div>
      </dl>
      <p>
        On average “{near.name}” is nearer to “{a.name}” than “{far.name}” is, as against “{b.name}”, by{' '}
        {Math.abs(effectSize).toFixed(2)} standard deviations: {sizeInWords(effectSize)}. 0 is no difference;
        2 and −2 are the most there can be.
      </p>
      <p>
        {exact
          ? `Of all ${permutations.toLocaleString('en')} ways to part these ${scores.length} words into two halves`
          : `Of ${permutations.toLocaleString('en')} ways, drawn by chance, to part these ${scores.length} words into two halves`}
        , {(100 * pValue).toPrecision(2)}% put X as far to the side of “{a.name}” as the sets do.{' '}
        {effectSize < 0 && 'It points the other way: exchange A and B to ask for that. '}
        {exact && pValue > 0.05 && 1 / permutations > 0.01 && 'So few words cannot show much: give more. '}
      </p>
      <details>
        <summary>
          Each word, from “{b.name}” to “{a.name}”
        </summary>
        <div class="scroll">
          <table class="diverging">
            <caption>
              Mean cosine with “{a.name}” less that with “{b.name}”.
            </caption>
            <thead>
              <tr>
                <th scope="col">Word</th>
                <th scope="col">Set</th>
                <th scope="col">Difference</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {scores.map(({ word, set, score }) => (
                <tr key={`${set} ${word}`}>
                  <th scope="row">{word}</th>
                  <td class={set === 'x' ? 'group-0' : 'group-1'}>{sets[set].name}</td>
                  <td>{score.toFixed(3)}</td>
                  <td class={set === 'x' ? 'group-0' : 'group-1'} aria-hidden="true">
                    <span
                      class={score < 0 ? 'is-negative' : undefined}
                      style={{ width: `${(50 * Math.abs(score)) / most}%` }}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
      <p class="note">
        This tells of these words in these vectors, and so of the text they come from. A small figure is no
        proof that vectors are fair: other words may tell otherwise. <code>seqkit debias</code> mends what can
        be mended.
      </p>
    </>
  );
}
