import { HeatMap } from '../parts/heat-map.js';
import type { Part } from './cell-run.js';

/** A gate or a state over the steps: a column a letter, a row a unit. */
export function PartMap({ part, letters }: { part: Part; letters: readonly string[] }) {
  const { name, about, values } = part;
  const units = values[0]?.length ?? 0;
  // A gate goes from 0 to 1; states may be small, or a memory large: the strongest colour is their farthest.
  const isGate = name.includes(' gate ');
  const most = isGate ? 1 : Math.max(...values.flatMap((step) => [...step].map(Math.abs))) || 1;
  return (
    <HeatMap
      caption={
        <>
          <b>{name}</b>: {about}. Strongest colour: {most.toFixed(2)}
        </>
      }
      label={`${name} of ${units} units over ${letters.length} letters; the table below has its means.`}
      columns={letters}
      rows={Array.from({ length: units }, (_, unit) => values.map((step) => step[unit]))}
      most={most}
      nameOf={(unit, step) => `${letters[step]}, unit ${unit + 1}: ${values[step][unit].toFixed(3)}`}
    />
  );
}
