import type { KeyedVectors, WordMap as Layout } from '../../embeddings/index.js';
import { DataTable } from '../parts/data-table.js';
import { Bars } from '../parts/bars.js';
import { parallels, type WordGroup } from './map-words.js';

const NEAREST = 3;
/** Of the word that is looked at. */
const SHOWN = 6;

/** What a map shows, in words: who is near whom, and how alike its arrows point. */
export function MapTables({
  vectors,
  map,
  groups,
  arrows,
  chosen,
}: {
  vectors: KeyedVectors;
  map: Layout;
  groups: readonly WordGroup[];
  arrows: readonly (readonly [from: string, to: string])[];
  chosen: string;
}) {
  const groupOf = new Map(groups.flatMap(({ name, words }) => words.map((word) => [word, name] as const)));
  const alike = arrows.length > 1 ? parallels(vectors, arrows) : [];
  return (
    <>
      {groupOf.has(chosen) && (
        <div class="stack nearest" role="status">
          <h3>Nearest to {chosen}, of this map</h3>
          <Bars
            label={`Nearest to ${chosen}`}
            rows={[...groupOf.keys()]
              .filter((word) => word !== chosen)
              .map((word) => ({ name: word, value: vectors.similarity(chosen, word) }))
              .sort((a, b) => b.value - a.value)
              .slice(0, SHOWN)
              .map(({ name, value }) => ({ name, value, shown: value.toFixed(3) }))}
          />
        </div>
      )}
      {alike.length > 0 && (
        <DataTable
          caption={
            <>
              How alike the arrows point, in all {vectors.vectorSize} numbers: 1 is the same way, 0 has
              nothing in common.
            </>
          }
          columns={['Arrow', `Cosine with ${arrows[0][0]} → ${arrows[0][1]}`]}
          rows={arrows
            .slice(1)
            .map(([from, to], i) => [
              `${from} → ${to}`,
              Number.isNaN(alike[i + 1]) ? 'none' : alike[i + 1].toFixed(2),
            ])}
        />
      )}
      <details>
        <summary>The words as a table</summary>
        <DataTable
          columns={['Word', 'Group', 'Nearest on the map']}
          rows={map.points.map((point) => [
            point.word,
            groupOf.get(point.word),
            nearestTo(point, map.points),
          ])}
        />
      </details>
    </>
  );
}

function nearestTo(point: Layout['points'][number], points: Layout['points']): string {
  const far = (other: typeof point): number => Math.hypot(point.x - other.x, point.y - other.y);
  return points
    .filter((other) => other !== point)
    .sort((a, b) => far(a) - far(b))
    .slice(0, NEAREST)
    .map(({ word }) => word)
    .join(', ');
}
