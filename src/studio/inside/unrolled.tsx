import { useEffect, useState } from 'preact/hooks';
import { DataTable } from '../parts/data-table.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { Select, Slider, TextField } from '../parts/field.js';
import { Card } from '../parts/screen.js';
import { useJob } from '../state/use-job.js';
import {
  CELL_KINDS,
  checkGradients,
  makeCell,
  partsOf,
  unroll,
  type CellKind,
  type CheckedWeight,
  type Part,
} from './cell-run.js';
import { PartMap } from './part-map.js';

/** A longer word would not fit. */
export const MOST_LETTERS = 40;
const FIRST_WORD = 'sequences';

/** A cell unrolled over a word: its gates and states as colours, and a check of its gradients. */
export function Unrolled() {
  const job = useJob();
  const [word, setWord] = useState(FIRST_WORD);
  const [kind, setKind] = useState<CellKind>('LSTM');
  const [units, setUnits] = useState(6);
  const [seed, setSeed] = useState(1);
  const [parts, setParts] = useState<readonly Part[]>([]);
  const [checked, setChecked] = useState<readonly CheckedWeight[]>([]);
  const letters = [...word].slice(0, MOST_LETTERS);
  const shown = letters.join('');
  useEffect(() => {
    let isGone = false;
    setChecked([]);
    void makeCell(kind, { units, seed }).then((cell) => {
      if (!isGone) setParts(letters.length === 0 ? [] : partsOf(kind, units, unroll(cell, letters)));
    });
    return () => void (isGone = true);
  }, [shown, kind, units, seed]);
  const check = (): void =>
    job.run(async () => {
      const cell = await makeCell(kind, { units, seed });
      setChecked(checkGradients(cell, letters));
    });
  // What is drawn may be of the word before, for a moment.
  const isDrawn = parts.length > 0 && parts[0].values.length === letters.length;
  return (
    <Card
      title="A cell, letter by letter"
      note="The cell reads the word from left to right. Its weights are as they are before any training."
      wide
    >
      <div class="columns">
        <TextField
          label="A word"
          value={word}
          onInput={setWord}
          {...([...word].length > MOST_LETTERS && { hint: `The first ${MOST_LETTERS} letters are read.` })}
        />
        <Select
          label="Cell"
          value={kind}
          options={CELL_KINDS.map((each) => [each, each] as const)}
          onInput={(next) => setKind(next as CellKind)}
        />
        <Slider label="Units" value={units} min={2} max={12} step={1} onInput={setUnits} />
      </div>
      <div class="row">
        <Button onClick={() => setSeed(seed + 1)}>Other weights</Button>
        <Button disabled={job.isRunning || letters.length === 0} onClick={check}>
          Check the gradients
        </Button>
      </div>
      <ErrorNote error={job.error} />
      {checked.length > 0 && (
        <div class="scroll" role="status">
          <table>
            <caption>
              Each weight was moved a little up and down, and what the sum of the last hidden state did was
              compared with backpropagation: |a − n| / (|a| + |n|).
            </caption>
            <thead>
              <tr>
                <th scope="col">Weight</th>
                <th scope="col">Numbers moved</th>
                <th scope="col">Error</th>
              </tr>
            </thead>
            <tbody>
              {checked.map(({ name, checked: count, error }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{count}</td>
                  <td>{error.toExponential(1)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {isDrawn && (
        <>
          <div class="heat-maps">
            {parts.map((part) => (
              <PartMap key={part.name} part={part} letters={letters} />
            ))}
          </div>
          <p class="note">
            <span class="key key-0">above 0</span> <span class="key key-1">below 0.</span> The stronger the
            colour, the farther from 0.
          </p>
          <details>
            <summary>As a table of means over the units</summary>
            <DataTable
              columns={['Letter', ...parts.map(({ name }) => name)]}
              rows={letters.map((letter, step) => [
                letter === ' ' ? 'space' : letter,
                ...parts.map(({ values }) => (values[step].reduce((a, b) => a + b, 0) / units).toFixed(3)),
              ])}
            />
          </details>
        </>
      )}
    </Card>
  );
}
