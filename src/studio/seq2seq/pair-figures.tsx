import { Card } from '../parts/screen.js';
import type { PairTest } from './seq2seq-training.js';

const MOST_SHOWN = 20;

/** How well what was held back was answered, with what went wrong. */
export function PairFigures({ test }: { test: PairTest | undefined }) {
  if (!test) {
    return (
      <Card title="How good it is" note="With ten pairs or more, about a fifth is held back and tells.">
        <p>Nothing was held back: add pairs.</p>
      </Card>
    );
  }
  const { evaluation, mistakes } = test;
  const right = Math.round(evaluation.exact * evaluation.pairs);
  return (
    <Card
      title="How good it is"
      note={`${right} of ${evaluation.pairs} pairs that it was not trained on are right to the letter.`}
    >
      <p>
        Tokens to change, of 100 in the right answers: <b>{(100 * evaluation.tokenErrorRate).toFixed(1)}</b>
      </p>
      {mistakes.length > 0 && (
        <div class="scroll">
          <table>
            <caption>What went wrong{mistakes.length > MOST_SHOWN && `, the first ${MOST_SHOWN}`}.</caption>
            <thead>
              <tr>
                <th scope="col">Source</th>
                <th scope="col">Should be</th>
                <th scope="col">Was</th>
              </tr>
            </thead>
            <tbody>
              {mistakes.slice(0, MOST_SHOWN).map(({ source, target, given }, i) => (
                <tr key={i}>
                  <th scope="row">{source}</th>
                  <td>{target}</td>
                  <td>{given === '' ? 'nothing' : given}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
