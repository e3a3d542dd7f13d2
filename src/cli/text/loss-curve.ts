import { fileExists, readFileBytes, writeFileAtomic } from '../../base/host/files.js';
import { linePlotSvg } from '../../report/line-plot.js';
import { MissingPackage } from '../../report/missing-package.js';
import { svgToPng } from '../../report/svg-to-png.js';
import { lossCurve } from '../../text/training/loss-curve.js';
import type { TextMetrics } from '../../text/training/text-checkpoints.js';
import { note } from '../terminal/output.js';

/**
 * Draws the losses in `metrics.jsonl` of a run's folder, as `loss.svg` and `loss.png` beside it; says so
 * where what draws is not installed.
 * @returns the files' paths
 */
export async function drawLossCurve(folder: string, title: string): Promise<string[]> {
  const path = `${folder}/metrics.jsonl`;
  if (!fileExists(path)) return [];
  const lines = new TextDecoder().decode(readFileBytes(path, 'the metrics')).trimEnd().split('\n');
  const metrics = lines.map((line) => JSON.parse(line) as TextMetrics);
  const files = [`${folder}/loss.svg`, `${folder}/loss.png`];
  try {
    const svg = await linePlotSvg(lossCurve(metrics, title));
    await writeFileAtomic(files[0], svg, { force: true });
    await writeFileAtomic(files[1], await svgToPng(svg), { force: true });
  } catch (error) {
    if (!(error instanceof MissingPackage)) throw error;
    note(`No loss curve was drawn. ${error.message} Get it with: ${error.install}`);
    return [];
  }
  return files;
}
