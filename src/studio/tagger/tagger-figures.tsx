import type { Tagged } from '../../tasks/index.js';
import { Card } from '../parts/screen.js';
import { TaggedText } from '../parts/tagged-text.js';
import { joined, spansOf } from './spans.js';
import { typesOf } from './notation.js';
import type { TaggerTest } from './tagger-training.js';

const MOST_SHOWN = 20;
const percent = (share: number): string => `${Math.round(100 * share)}%`;

/** How well what was held back was tagged, with what went wrong. */
export function TaggerFigures({ test }: { test: TaggerTest | undefined }) {
  if (!test) {
    return (
      <Card title="How good it is" note="With ten examples or more, about a fifth is held back and tells.">
        <p>Nothing was held back: add examples.</p>
      </Card>
    );
  }
  const { figures, right, found } = test;
  const types = typesOf(right.flatMap(({ tags }) => tags));
  const wrong = right.flatMap((each, i) =>
    each.tags.join(' ') === found[i].tags.join(' ') ? [] : [{ right: each, found: found[i], number: i }],
  );
  return (
    <Card
      title="How good it is"
      note={`${right.length - wrong.length} of ${right.length} examples that it was not trained on are right in every token.`}
    >
      {figures.entities && (
        <div class="scroll">
          <table>
            <caption>What was found whole and of the right type.</caption>
            <thead>
              <tr>
                <th scope="col">Type</th>
                <th scope="col">There</th>
                <th scope="col">Precision</th>
                <th scope="col">Recall</th>
                <th scope="col">F1</th>
              </tr>
            </thead>
            <tbody>
              {[...Object.entries(figures.types), ['all', figures.entities] as const].map(([type, of]) => (
                <tr key={type}>
                  <th scope="row">{type}</th>
                  <td>{of.support}</td>
                  <td>{percent(of.precision)}</td>
                  <td>{percent(of.recall)}</td>
                  <td>{percent(of.f1)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {wrong.length > 0 && (
        <details>
          <summary>What went wrong</summary>
          <dl class="mistakes">
            {wrong.slice(0, MOST_SHOWN).map(({ right: own, found: given, number }) => (
              <div key={number}>
                <dt>It should be</dt>
                <dd>
                  <Sequence {...own} types={types} />
                </dd>
                <dt>It found</dt>
                <dd>
                  <Sequence {...given} types={types} />
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </Card>
  );
}

function Sequence({ tokens: words, tags, entities, types }: Tagged & { types: readonly string[] }) {
  const { text, tokens } = joined(words);
  return <TaggedText text={text} spans={spansOf(tokens, tags, entities)} types={types} />;
}
