import type { ClassifierEvaluation, ClassifierFigures } from '../../tasks/classifier/classifier-figures.js';
import { print } from '../terminal/output.js';

/** A share as a percentage with one decimal. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

/** How a classifier did in its training. */
export function printFigures(encoder: string, figures: ClassifierFigures): void {
  const { candidates, accuracy, macroF1, expectedCalibrationError, baseline, heldOutExamples } = figures;
  if (candidates) {
    print('cross-validation  accuracy  macro F1  seconds');
    for (const one of candidates) {
      const mark = one.encoder === encoder ? '  taken' : '';
      print(
        `  ${one.encoder.padEnd(14)}  ${percent(one.accuracy).padStart(8)}  ${percent(one.macroF1).padStart(8)}  ${one.seconds.toFixed(1).padStart(7)}${mark}`,
      );
    }
  }
  print(`encoder      ${encoder}`);
  print(`accuracy     ${percent(accuracy)} of ${heldOutExamples} held-out examples`);
  print(`macro F1     ${percent(macroF1)}`);
  print(`calibration  ${percent(expectedCalibrationError)} expected error`);
  if (encoder !== 'linear') {
    const loses = baseline.accuracy > accuracy;
    print(
      `baseline     ${percent(baseline.accuracy)} by linear${loses ? ', which is better: take --encoder linear' : ''}`,
    );
  }
}

/** How a classifier did on examples. */
export function printEvaluation(judged: ClassifierEvaluation): void {
  const { classes, confusion, mistakes } = judged;
  print(`accuracy     ${percent(judged.accuracy)} of ${judged.examples} examples`);
  print(`macro F1     ${percent(judged.macroF1)}`);
  print(`calibration  ${percent(judged.calibration.expectedError)} expected error`);
  if (judged.answered < 1) {
    print(`answered     ${percent(judged.answered)}, ${percent(judged.accuracyOfAnswers)} of them right`);
  }
  const width = Math.max(5, ...classes.map(({ label }) => label.length));
  print(`\n${'label'.padEnd(width)}  precision  recall      F1  examples`);
  for (const { label, precision, recall, f1, support } of classes) {
    const [p, r, f] = [precision, recall, f1].map(percent);
    print(
      `${label.padEnd(width)}  ${p.padStart(9)}  ${r.padStart(6)}  ${f.padStart(6)}  ${String(support).padStart(8)}`,
    );
  }
  const wrong = confusion
    .flatMap((row, t) => row.map((count, g) => ({ count, own: classes[t].label, given: classes[g].label })))
    .filter(({ count, own, given }) => count > 0 && own !== given)
    .sort((a, b) => b.count - a.count);
  if (wrong.length > 0) print('\nconfused most');
  for (const { count, own, given } of wrong.slice(0, 5)) print(`  ${own} taken for ${given}: ${count}`);
  if (mistakes.length > 0) print('\nsurest mistakes');
  for (const { name, input, label, given, probability } of mistakes) {
    print(
      `  ${label} taken for ${given} (${percent(probability)}): ${name ?? input.slice(0, 100).replaceAll(/\s+/gu, ' ')}`,
    );
  }
}
