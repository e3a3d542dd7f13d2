import type { KeyedVectors, WordMap as Layout } from '../../embeddings/index.js';
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
        <div class="scroll">
          <table>
            <caption>
              How alike the arrows point, in all {vectors.vectorSize} numbers: 1 is the same way, 0 has
              nothing in common.
            </caption>
            <thead>
              <tr>
                <th scope="col">Arrow</th>
                <th scope="col">
                  Cosine with {arrows[0][0]} → {arrows[0][1]}
                </th>
              </tr>
            </thead>
            <tbody>
              {arrows.slice(1).map(([from, to], i) => (
                <tr key={`${from}:${to}`}>
                  <th scope="row">
                    {from} → {to}
                  </th>
                  <td>{Number.isNaN(alike[i + 1]) ? 'none' : alike[i + 1].toFixed(2)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <details>
        <summary>The words as a table</summary>
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Word</th>
                <th scope="col">Group</th>
                <th scope="col">Nearest on the map</th>
              </tr>
            </thead>
            <tbody>
              {map.points.map((point) => (
                <tr key={point.word}>
                  <th scope="row">{point.word}</th>
                  <td>{groupOf.get(point.word)}</td>
                  <td>{nearestTo(point, map.points)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
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
