import type { TokenKind } from '../../text/corpus/vocabulary.js';
import type { TextModel } from '../../text/model/text-model.js';
import type { TextHistory, TextPlan, TextProgress } from '../../text/training/text-training.js';
import { counted, note, print } from '../terminal/output.js';
import { groupDigits } from '../../base/math/group-digits.js';

/** What a model of text, or of tunes, reads. */
export type TextUnit = 'characters' | 'bytes' | 'symbols' | 'tokens';

/** As a figure beside the progress names one. */
const SHORT = { characters: 'char', bytes: 'byte', symbols: 'symbol', tokens: 'token' } as const;

/** What a text model reads, as it is counted. */
export function unitOf(tokens: TokenKind): TextUnit {
  return tokens === 'words' || tokens === 'bpe' ? 'tokens' : tokens;
}

/** What training goes over. */
export function describePlan(plan: TextPlan, unit: TextUnit): string {
  const {
    trainingCharacters,
    heldOutCharacters,
    testCharacters,
    stepsPerEpoch,
    batchSize: rows,
    steps,
  } = plan;
  const from = plan.resumedAt > 0 ? `Going on from step ${count(plan.resumedAt)}. ` : '';
  if (plan.lines) {
    const { training, heldOut, test } = plan.lines;
    const kept = test > 0 ? `, ${count(test)} for the test` : '';
    return `${from}${counted(training, 'line')} to train on, ${count(heldOut)} held out${kept}; an epoch is ${counted(stepsPerEpoch, 'step')} of ${counted(rows, 'line')}.`;
  }
  const kept = testCharacters > 0 ? `, ${count(testCharacters)} for the test` : '';
  const last = plan.lastStepCharacters;
  const short = last < rows * steps ? `, the last of ${count(last)}` : '';
  return `${from}${counted(trainingCharacters, unit.slice(0, -1))} to train on, ${count(heldOutCharacters)} held out${kept}; an epoch is ${counted(stepsPerEpoch, 'step')} of ${rows} x ${steps}${short}.`;
}

/** How it stands, beside the bar. */
export function detailOf({ bitsPerCharacter, loss, heldOutLoss }: TextProgress, unit: TextUnit): string {
  const heldOut = heldOutLoss === undefined ? '' : `, held out ${heldOutLoss.toFixed(3)}`;
  return `${bitsPerCharacter.toFixed(2)} bits/${SHORT[unit]}, loss ${loss.toFixed(3)}${heldOut}`;
}

/** What training came to, for `--json`. */
export function summaryOf(out: string, model: TextModel, history: TextHistory) {
  const { finalLoss, heldOutLoss, testLoss, ...rest } = history;
  const heldOut = keptOf(history, history.heldOutLoss);
  return {
    file: out,
    ...model.architecture,
    ...model.reading,
    vocabulary: model.vocabulary.size,
    parameters: model.countParameters(),
    trainingLoss: finalLoss,
    trainingBitsPerCharacter: finalLoss / Math.LN2,
    bestEpoch: history.bestEpoch ?? null,
    heldOutLoss: heldOut ?? null,
    heldOutBitsPerCharacter: heldOut === undefined ? null : heldOut / Math.LN2,
    heldOutLossPerCharacter: keptOf(history, history.heldOutLossPerCharacter) ?? null,
    testLoss: testLoss ?? null,
    testLossPerCharacter: history.testLossPerCharacter ?? null,
    charactersPerSecond: Math.round(rest.charactersPerSecond),
    characters: rest.characters,
    steps: rest.steps,
    seconds: rest.seconds,
    epochs: rest.loss.map((loss, i) => ({ loss, heldOutLoss: heldOutLoss[i] ?? null })),
    checkpoint: rest.checkpoint,
  };
}

/** Of a figure of each epoch that of the weights that were kept. */
function keptOf({ bestEpoch }: TextHistory, figures: readonly number[]): number | undefined {
  return bestEpoch === undefined ? figures.at(-1) : figures[bestEpoch - 1];
}

/** Which epoch's weights these are, where they are not the last. */
function bestEpochOf({ bestEpoch, heldOutLoss }: TextHistory): string {
  const epochs = heldOutLoss.length;
  if (bestEpoch === undefined || bestEpoch === epochs) return '';
  return `, the lowest: epoch ${bestEpoch} of ${epochs}, whose weights are kept`;
}

/**
 * What training came to, for people.
 * @param next the command line to go on with
 * @param unit what the model reads @default as its text is read
 */
export function reportTraining(
  out: string,
  model: TextModel,
  history: TextHistory,
  {
    curve,
    next,
    unit = unitOf(model.reading.tokens),
  }: { curve: readonly string[]; next: string; unit?: TextUnit },
): void {
  const { architecture, vocabulary } = model;
  const { cell, layers, units } = architecture;
  const loss = (nats: number): string =>
    `${(nats / Math.LN2).toFixed(3)} bits per ${unit.slice(0, -1)} (${nats.toFixed(3)} nats)`;
  const heldOut = keptOf(history, history.heldOutLoss);
  // Of tokens that are not characters, what compares them.
  const each = (nats: number | undefined): string =>
    (unit === 'bytes' || unit === 'tokens') && nats !== undefined
      ? `; ${nats.toFixed(3)} nats per character`
      : '';
  const { characters, pieces } = vocabulary;
  const tokens =
    unit === 'bytes'
      ? '256 bytes'
      : unit === 'tokens'
        ? `${counted(pieces.length, model.reading.tokens === 'words' ? 'word' : 'byte pair')} and ${counted(characters.length, 'character')}`
        : counted(characters.length, `different ${unit.slice(0, -1)}`);
  print(`model     ${layers} x ${units} ${cell}, ${count(model.countParameters())} parameters, ${tokens}`);
  print(`training  ${loss(history.finalLoss)}`);
  if (heldOut !== undefined)
    print(
      `held out  ${loss(heldOut)}${each(keptOf(history, history.heldOutLossPerCharacter))}${bestEpochOf(history)}`,
    );
  if (history.testLoss !== undefined)
    print(`test      ${loss(history.testLoss)}${each(history.testLossPerCharacter)}`);
  print(
    `speed     ${count(history.charactersPerSecond)} ${unit} per second: ${counted(history.steps, 'step')}, ${history.seconds.toFixed(1)} s`,
  );
  for (const path of [out, ...curve]) print(`wrote     ${path}`);
  note(`Next: ${next}`);
}

export function count(value: number): string {
  return groupDigits(Math.round(value));
}
