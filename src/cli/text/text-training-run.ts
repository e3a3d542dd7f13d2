import { checkWritable, removeLeftovers } from '../../base/host/files.js';
import { listFolder } from '../../base/host/folders.js';
import { checkUnlocked } from '../../base/host/lock-file.js';
import { checkpointNames } from '../../text/training/text-checkpoints.js';
import { checkTextOptions } from '../../text/training/text-options.js';
import { overfitting } from '../../text/training/overfitting.js';
import type { TextFitOptions, TextHistory, TextProgress } from '../../text/training/text-training.js';
import { counted, note } from '../terminal/output.js';
import { Progress } from '../terminal/progress.js';
import { commandLine } from '../terminal/shell-quoting.js';
import { stoppable, stoppedError } from '../terminal/stop-signal.js';
import { typedValue } from '../options/typed-value.js';
import {
  checkpointFolder,
  checkpointOptionsOf,
  fitOptionsOf,
  type CheckpointOptions,
  type TextTrainingOptions,
  type TrainingDefaults,
} from './text-training-options.js';
import { count, describePlan, detailOf, type TextUnit } from './text-training-report.js';

type RunOptions = TextTrainingOptions & CheckpointOptions & { readonly out: string; readonly force: boolean };

/** A training that the command line runs: where it saves, what it shows, how it stops and goes on. */
export class TextTrainingRun {
  readonly #options: RunOptions;
  readonly #defaults: TrainingDefaults;
  /** Of each epoch that ended while this run looked on. */
  readonly #heldOut: number[] = [];
  #seenEpoch = 0;
  #isSaid = false;
  readonly #bar: { progress?: Progress } = {};
  /** What is counted. */
  unit: TextUnit;
  /** Where its checkpoints are. */
  readonly folder: string;
  /** Whether the model's file may be there already. */
  readonly replace: boolean;

  /**
   * @param defaults those that the options were added with
   * @param unit what is counted
   * @throws SeqkitError `usage` where the options do not go together; where the model could not be written at the end
   */
  constructor(options: RunOptions, defaults: TrainingDefaults, unit: TextUnit = 'characters') {
    this.#options = options;
    this.#defaults = defaults;
    this.unit = unit;
    this.folder = checkpointFolder(options, options.out);
    const { checkpoint, resume } = checkpointOptionsOf(options, options.out);
    typedValue(undefined, () =>
      checkTextOptions({ ...fitOptionsOf(options, defaults), checkpoint: checkpoint!, resume: resume! }),
    );
    // A run that goes on was allowed to write there when it began.
    const goesOn = options.resume && checkpointNames(listFolder(this.folder)).length > 0;
    this.replace = options.force || goesOn;
    checkWritable(options.out, { force: this.replace });
    checkUnlocked(this.folder);
    removeLeftovers(options.out);
    if (options.resume && !goesOn) note(`${this.folder} holds no checkpoint yet: the training begins anew.`);
  }

  get #progress(): Progress {
    return (this.#bar.progress ??= new Progress('training', { total: 1, unit: this.unit }));
  }

  /** Says once that the model has begun to learn by heart. */
  #watch({ epoch, heldOutLoss }: TextProgress): void {
    if (heldOutLoss === undefined || epoch - 1 === this.#seenEpoch) return;
    this.#seenEpoch = epoch - 1;
    this.#heldOut.push(heldOutLoss);
    const found = overfitting(this.#heldOut);
    if (found === undefined || this.#isSaid) return;
    this.#isSaid = true;
    const { epochs, bestLoss, loss } = found;
    this.note(
      `The held-out loss has not fallen for ${counted(epochs, 'epoch')} (${bestLoss.toFixed(3)} at its lowest, ${loss.toFixed(3)} now): the model learns the training text by heart. The weights of its best epoch are kept; --patience ${epochs} would end the training here. More text, a smaller network or more --dropout helps.`,
    );
  }

  /** Prints a line, the bar out of its way. */
  note(line: string): void {
    this.#progress.end();
    note(line);
  }

  /**
   * @param reader the command that opens what is saved
   * @param train hands the options on to a model's `fit`
   * @throws SeqkitError `stopped` where Ctrl-C ended it
   */
  async fit(reader: string, train: (options: TextFitOptions) => Promise<TextHistory>): Promise<TextHistory> {
    const options = this.#options;
    const { checkpoint } = checkpointOptionsOf(options, options.out);
    let resumedCharacters: number | undefined;
    const history = await stoppable((signal) =>
      train({
        ...fitOptionsOf(options, this.#defaults),
        ...{ checkpoint: { ...checkpoint!, replace: options.force }, resume: options.resume, signal },
        onStart: (plan) => note(describePlan(plan, this.unit)),
        onProgress: (report) => {
          const { characters, progress: share } = report;
          // What was trained before says nothing of the speed now.
          resumedCharacters ??= options.resume ? characters : 0;
          const total = characters / share - resumedCharacters;
          this.#progress.update(characters - resumedCharacters, detailOf(report, this.unit), total);
          this.#watch(report);
        },
      }),
    ).finally(() => this.#progress.end());
    if (!history.stopped) return history;
    throw stoppedError(
      `after step ${count(history.steps)}; saved in ${history.checkpoint}, which ${reader} opens too.`,
      `Go on with: ${commandLine('--resume')}`,
    );
  }
}
