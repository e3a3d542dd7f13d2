import { DataTable } from '../parts/data-table.js';
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
        <DataTable
          caption={<>What went wrong{mistakes.length > MOST_SHOWN && `, the first ${MOST_SHOWN}`}.</>}
          columns={['Source', 'Should be', 'Was']}
          rows={mistakes
            .slice(0, MOST_SHOWN)
            .map(({ source, target, given }) => [source, target, given === '' ? 'nothing' : given])}
        />
      )}
    </Card>
  );
}
