import { useEffect, useState } from 'preact/hooks';
import { LineChart } from '../parts/line-chart.js';
import { Slider } from '../parts/field.js';
import { Card } from '../parts/screen.js';
import { CELL_KINDS, gradientsBack, makeCell, unroll, type CellKind } from './cell-run.js';

const UNITS = 16;
const SEEDS = [1, 2, 3];
/** What is read: any text serves. */
const READ = 'the network reads one letter after another ';
/** Below this a share counts as this, so that its logarithm can be drawn. */
const LEAST = 1e-12;

/** How much of a gradient is left, steps back, in cells of each kind. */
export function GradientFlow() {
  const [steps, setSteps] = useState(40);
  const [recurrentScale, setScale] = useState(0.9);
  const [forgetBias, setBias] = useState(4);
  const [left, setLeft] = useState<Readonly<Record<CellKind, readonly number[]>>>();
  useEffect(() => {
    let isGone = false;
    void (async () => {
      // The last letter, and as many before it.
      const letters = Array.from({ length: steps + 1 }, (_, i) => READ[i % READ.length]);
      const entries = [];
      for (const kind of CELL_KINDS) {
        const runs: number[][] = [];
        for (const seed of SEEDS) {
          const cell = await makeCell(kind, { units: UNITS, seed, recurrentScale, forgetBias });
          runs.push(gradientsBack(cell, unroll(cell, letters)));
        }
        // The geometric mean: shares of a product.
        const mean = runs[0].map((_, i) =>
          Math.exp(runs.reduce((sum, run) => sum + Math.log(Math.max(LEAST, run[i])), 0) / runs.length),
        );
        entries.push([kind, mean] as const);
      }
      if (!isGone) setLeft(Object.fromEntries(entries) as Record<CellKind, number[]>);
    })();
    return () => void (isGone = true);
  }, [steps, recurrentScale, forgetBias]);
  return (
    <Card
      title="Gradients flow back"
      note="Learning what mattered many steps ago needs a gradient that still arrives there. Each step back multiplies it: by the recurrent weights and the slope of tanh in a SimpleRNN, along the memory of an LSTM by its forget gate alone."
      wide
    >
      <div class="columns">
        <Slider label="Steps back" value={steps} min={5} max={100} step={5} onInput={setSteps} />
        <Slider
          label="Scale of the SimpleRNN's recurrent weights"
          value={recurrentScale}
          min={0.5}
          max={1.5}
          step={0.05}
          shown={recurrentScale.toFixed(2)}
          onInput={setScale}
        />
        <Slider
          label="Bias of the LSTM's forget gate"
          value={forgetBias}
          min={-1}
          max={6}
          step={0.5}
          shown={forgetBias.toFixed(1)}
          onInput={setBias}
        />
      </div>
      {left && (
        <>
          <LineChart
            title="What is left of the gradient, in powers of ten"
            xName="steps back"
            lines={CELL_KINDS.map((kind) => ({
              name: kind,
              points: left[kind].map((share, i) => [i, Math.log10(Math.max(LEAST, share))] as const),
            }))}
          />
          <p class="note" role="status">
            After {steps} steps back there is left:{' '}
            {CELL_KINDS.map((kind) => `${shownShare(left[kind].at(-1)!)} in the ${kind}`).join(', ')}. The
            geometric mean of {SEEDS.length} cells of {UNITS} units.
          </p>
        </>
      )}
    </Card>
  );
}

function shownShare(share: number): string {
  if (share <= LEAST) return 'nothing';
  return share >= 0.01 ? `${(100 * share).toPrecision(2)}%` : share.toExponential(1);
}
