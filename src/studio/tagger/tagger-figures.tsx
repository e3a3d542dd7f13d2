import type { Tagged } from '../../tasks/index.js';
import { DataTable } from '../parts/data-table.js';
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
        <DataTable
          caption="What was found whole and of the right type."
          columns={['Type', 'There', 'Precision', 'Recall', 'F1']}
          rows={[...Object.entries(figures.types), ['all', figures.entities] as const].map(([type, of]) => [
            type,
            of.support,
            percent(of.precision),
            percent(of.recall),
            percent(of.f1),
          ])}
        />
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
