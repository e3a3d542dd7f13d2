import { useState } from 'preact/hooks';
import type { ClassifierEvaluation } from '../../tasks/index.js';
import { Card } from '../parts/screen.js';

/** What held-out examples of each class were taken for; a cell shows its mistakes. */
export function Confusion({ evaluation }: { evaluation: ClassifierEvaluation | undefined }) {
  const [chosen, setChosen] = useState<readonly [label: string, given: string]>();
  if (!evaluation) {
    return (
      <Card
        title="How good it is"
        note="With five examples of each class or more, a fifth is held back and tells."
      >
        <p>Nothing was held back: add examples.</p>
      </Card>
    );
  }
  const { confusion, classes, accuracy, examples, mistakes } = evaluation;
  const most = Math.max(1, ...confusion.flat());
  const shown = chosen && mistakes.filter(({ label, given }) => label === chosen[0] && given === chosen[1]);
  return (
    <Card
      title="How good it is"
      note={`${Math.round(accuracy * examples)} of ${examples} examples that it was not trained on are right.`}
    >
      <div class="scroll">
        <table class="confusion">
          <caption>Rows: what it is. Columns: what it was taken for.</caption>
          <thead>
            <tr>
              <td />
              {classes.map(({ label }) => (
                <th scope="col" key={label}>
                  {label}
                </th>
              ))}
              <th scope="col">recall</th>
            </tr>
          </thead>
          <tbody>
            {confusion.map((row, i) => (
              <tr key={classes[i].label}>
                <th scope="row">{classes[i].label}</th>
                {row.map((count, j) => (
                  <td key={classes[j].label} class={count === 0 ? '' : i === j ? 'right' : 'wrong'}>
                    {i !== j && count > 0 ? (
                      <button
                        type="button"
                        aria-label={`${count} of ${classes[i].label} taken for ${classes[j].label}: show them`}
                        onClick={() => setChosen([classes[i].label, classes[j].label])}
                      >
                        {count}
                      </button>
                    ) : (
                      count
                    )}
                    <span class="share" aria-hidden="true" style={{ width: `${(100 * count) / most}%` }} />
                  </td>
                ))}
                <td class="figure">{Math.round(100 * classes[i].recall)}%</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {chosen && shown && (
        <div aria-live="polite">
          <h3>
            {chosen[0]}, taken for {chosen[1]}
          </h3>
          <ul>
            {shown.map(({ index, input, probability }) => (
              <li key={index}>
                {input} <span class="figure">({Math.round(100 * probability)}%)</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Card>
  );
}
