import type { TriggerEpochReport } from '../../audio/index.js';
import { DataTable } from '../parts/data-table.js';
import { LineChart } from '../parts/line-chart.js';
import { shownDuration } from '../state/duration.js';
import { shownRate } from './threshold-meaning.js';

/** What a training has come to after each time through the examples, on held-out clips: as curves, and as a table. */
export function EpochFigures({
  reports,
  threshold,
}: {
  reports: readonly TriggerEpochReport[];
  /** That they are told at. */
  threshold: number;
}) {
  const told = reports.flatMap(({ epoch, loss, heldOut }) => (heldOut ? [{ epoch, loss, ...heldOut }] : []));
  const last = told.at(-1);
  if (last === undefined) return null;
  const { words, found, falseAlarms, hours } = last;
  const fired = falseAlarms === 1 ? 'once' : `${falseAlarms} times`;
  const xName = 'times through the examples';
  return (
    <div class="stack">
      <h3>On clips that were held out</h3>
      <p role="status">
        After {last.epoch}: at the threshold {threshold.toFixed(2)} it missed {words - found} of {words}{' '}
        words, and fired {fired} in {shownDuration(3600 * hours)} of sound. So little sound gives rough
        figures.
      </p>
      <LineChart
        title="Share of the words missed"
        {...{ xName }}
        lines={[{ name: 'words missed', points: told.map((at) => [at.epoch, at.missed]) }]}
      />
      <LineChart
        title="False alarms an hour"
        {...{ xName }}
        lines={[
          { name: 'false alarms an hour', points: told.map((at) => [at.epoch, at.falseAlarmsPerHour]) },
        ]}
      />
      <details>
        <summary>The figures as a table</summary>
        <DataTable
          columns={['Times through', 'Loss', 'Words missed', 'False alarms an hour']}
          rows={told.map((at) => [
            at.epoch,
            at.loss.toFixed(3),
            `${at.words - at.found} of ${at.words}`,
            shownRate(at.falseAlarmsPerHour),
          ])}
        />
      </details>
    </div>
  );
}
