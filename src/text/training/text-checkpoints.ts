import { SeqkitError } from '../../base/errors.js';
import type { Sequential } from '../../rnn/model/sequential.js';
import type { Checkpoint, RunDescription } from '../../rnn/training/checkpoint.js';
import type { TextCheckpointOptions } from './text-options.js';

/** One line of `metrics.jsonl`. */
export interface TextMetrics {
  step: number;
  epoch: number;
  characters: number;
  /** Of the last steps, in nats per character. */
  loss: number;
  bitsPerCharacter: number;
  /** In nats per character; null where it was not measured at this step. */
  heldOutLoss: number | null;
  learningRate: number;
  charactersPerSecond: number;
  seconds: number;
}

/** What a checkpoint is for those who open it as a model. */
export interface ModelSettings {
  kind: string;
  settings: Record<string, unknown>;
}

/** A checkpoint's file: `step-00012000-held-out-1.5031.safetensors`. */
interface Named {
  name: string;
  step: number;
  /** As far as the name tells it. */
  heldOutLoss: number | undefined;
}

const PATTERN = /^step-(\d+)(?:-held-out-(\d+\.\d+))?\.safetensors$/;
const METRICS_FILE = 'metrics.jsonl';
/** Drawn from it when a run is over. */
const curveFiles = ['loss.svg', 'loss.png'];

/** What keeps a run while it trains. */
export interface RunKeeper {
  /** @returns where it is, of a file */
  save(
    step: number,
    heldOutLoss: number | undefined,
    checkpoint: Omit<Checkpoint, 'run'>,
    settings: ModelSettings,
  ): Promise<string | undefined>;
  note(metrics: TextMetrics): Promise<void>;
}

/** The folder of one run: its checkpoints, the last and the best of them, and its metrics. */
export class TextCheckpoints implements RunKeeper {
  readonly #model: Sequential;
  readonly #folder: string;
  readonly #run: RunDescription;

  private constructor(model: Sequential, options: TextCheckpointOptions, run: RunDescription) {
    this.#model = model;
    this.#folder = options.folder.replace(/\/+$/, '');
    this.#run = run;
  }

  /**
   * Refuses early what `open` would refuse.
   * @throws SeqkitError `file-exists` where there is a run already without `resume`
   */
  static async check({ folder, replace }: TextCheckpointOptions, resume: boolean): Promise<void> {
    const { listFolder } = await import('../../base/host/folders.js');
    if (resume || replace || checkpointNames(listFolder(folder)).length === 0) return;
    throw new SeqkitError(`${folder} holds the checkpoints of a run already.`, {
      code: 'file-exists',
      hint: 'Go on with resume: true, begin anew with replace: true, or give another folder.',
    });
  }

  /**
   * Opens the folder, and the last checkpoint there is to go on from.
   * @throws SeqkitError as `check`, and as `CheckpointFiles.open` does
   */
  static async open(
    model: Sequential,
    options: TextCheckpointOptions,
    { resume, run }: { resume: boolean; run: RunDescription },
  ): Promise<{ checkpoints: TextCheckpoints; found: (Checkpoint & { path: string }) | undefined }> {
    const checkpoints = new TextCheckpoints(model, options, run);
    const { makeFolder, listFolder, removeFile } = await import('../../base/host/folders.js');
    const { removeLeftovers } = await import('../../base/host/files.js');
    const folder = checkpoints.#folder;
    await TextCheckpoints.check(options, resume);
    makeFolder(folder);
    removeLeftovers(`${folder}/`);
    if (options.replace && !resume) {
      for (const name of checkpointNames(listFolder(folder))) removeFile(`${folder}/${name}`);
    }
    const last = named(listFolder(folder)).at(-1);
    if (!last) {
      await checkpoints.#cutMetrics(0);
      return { checkpoints, found: undefined };
    }
    const path = `${folder}/${last.name}`;
    const found = await model.checkpoints().open(path, { resume, run });
    await checkpoints.#cutMetrics(last.step);
    return { checkpoints, found: found && { ...found, path } };
  }

  /**
   * Writes a checkpoint; then removes all but this one and the best.
   * @param heldOutLoss in nats per character, where something is held out
   * @returns its path
   */
  async save(
    step: number,
    heldOutLoss: number | undefined,
    checkpoint: Omit<Checkpoint, 'run'>,
    settings: ModelSettings,
  ): Promise<string> {
    const loss = heldOutLoss === undefined ? '' : `-held-out-${heldOutLoss.toFixed(4)}`;
    const path = `${this.#folder}/step-${String(step).padStart(8, '0')}${loss}.safetensors`;
    await this.#model.checkpoints(settings).save(path, { ...checkpoint, run: this.#run });
    const { listFolder, removeFile } = await import('../../base/host/folders.js');
    const all = named(listFolder(this.#folder));
    const measured = all.filter((file) => file.heldOutLoss !== undefined);
    const best = measured.toSorted((a, b) => a.heldOutLoss! - b.heldOutLoss! || a.step - b.step).at(0);
    for (const file of all) {
      if (file.step !== step && file !== best) removeFile(`${this.#folder}/${file.name}`);
    }
    return path;
  }

  /** Adds a line. To be called before the checkpoint of the same step, which a resume goes by. */
  async note(metrics: TextMetrics): Promise<void> {
    const { appendText } = await import('../../base/host/folders.js');
    appendText(`${this.#folder}/${METRICS_FILE}`, `${JSON.stringify(metrics)}\n`);
  }

  /** Drops what was noted after the step that is gone back to, and a line that was half written. */
  async #cutMetrics(step: number): Promise<void> {
    const { fileExists, readFileBytes, writeFileAtomic } = await import('../../base/host/files.js');
    const path = `${this.#folder}/${METRICS_FILE}`;
    if (!fileExists(path)) return;
    const text = new TextDecoder().decode(readFileBytes(path, 'the metrics'));
    const kept = text.split('\n').filter((line) => {
      try {
        return (JSON.parse(line) as TextMetrics).step <= step;
      } catch {
        return false;
      }
    });
    await writeFileAtomic(path, kept.map((line) => `${line}\n`).join(''), { force: true });
  }
}

/** Which of the names in a folder are those of a run. */
export function checkpointNames(names: readonly string[]): string[] {
  return names.filter((name) => PATTERN.test(name) || [METRICS_FILE, ...curveFiles].includes(name));
}

/** The checkpoints among some names, by step. */
function named(names: readonly string[]): Named[] {
  return names
    .flatMap((name) => {
      const [, step, loss] = PATTERN.exec(name) ?? [];
      if (step === undefined) return [];
      return [{ name, step: Number(step), heldOutLoss: loss === undefined ? undefined : Number(loss) }];
    })
    .sort((a, b) => a.step - b.step);
}
