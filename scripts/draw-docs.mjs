// Draws the pictures of the guide into docs/pictures: `node scripts/draw-docs.mjs`, after `npm run build:ts`.
// A loss curve is that of the program that stands on the page, run here.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { linePlotSvg } from 'seqkit/report';
import { batchShapes } from './drawings/batch-shapes.mjs';
import { trainingStep } from './drawings/training-step.mjs';
import { triggerPath } from './drawings/trigger-path.mjs';

const top = fileURLToPath(new URL('..', import.meta.url));
const pictures = join(top, 'docs/pictures');

/** Runs the first program of a page. @returns what it names `history` */
async function historyOf(page) {
  const text = readFileSync(join(top, page), 'utf8');
  const code = /^```ts quick\n(.*?)^```$/ms.exec(text)[1];
  // Inside the package, so that the program finds it by its name.
  const folder = mkdtempSync(join(top, '.draw-docs-'));
  try {
    const file = join(folder, 'program.mjs');
    writeFileSync(file, `${code}\nexport { history };\n`);
    return (await import(pathToFileURL(file).href)).history;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function lossPlot(title, { loss, validationLoss }) {
  const points = (losses) => losses.map((y, epoch) => ({ x: epoch + 1, y }));
  return linePlotSvg({
    title,
    xTitle: 'epoch',
    yTitle: 'mean squared error',
    series: [
      { name: 'training', points: points(loss) },
      { name: 'held back', points: points(validationLoss), dots: true },
    ],
  });
}

mkdirSync(pictures, { recursive: true });
const drawn = {
  'wave-loss.svg': await lossPlot('An LSTM learns a wave', await historyOf('docs/getting-started.md')),
  'batch-shapes.svg': batchShapes(),
  'training-step.svg': trainingStep(),
  'trigger-path.svg': triggerPath(),
};
for (const [name, svg] of Object.entries(drawn)) {
  writeFileSync(join(pictures, name), svg);
  console.log(`docs/pictures/${name}: ${svg.length} bytes`);
}
process.exit(0);
