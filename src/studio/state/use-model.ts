import { useEffect, useRef, useState } from 'preact/hooks';
import { lateWork } from './late.js';
import { keep, keepEach, kept } from './store.js';
import { useJob, type Job } from './use-job.js';

/** A model of any kind, as it is kept and freed. */
interface Keepable {
  toBytes(): Uint8Array;
  dispose(): void | Promise<void>;
}

/** The model of a screen, and ways to another. */
export interface ScreenModel<Model extends Keepable, Figures> {
  /** The one that is there, what is known of it, and a number that no other model of the screen has. */
  readonly current:
    { readonly model: Model; readonly figures: Figures | undefined; readonly id: number } | undefined;
  readonly opening: Job;
  /** Takes a model that was trained. */
  readonly take: (model: Model, figures?: Figures) => void;
  /** Opens a file. */
  readonly open: (file: () => Promise<File>) => void;
  /** Keeps what was changed in the model, when it is not changed any more: before it is freed, at the latest. */
  readonly changed: () => void;
}

/**
 * One model at a time: it is kept for the next visit, and freed where another takes its place or the screen is left.
 * @param key under which it is kept
 * @param options.opened what is told to those who listen when one was opened
 * @param options.isFigures whether what was kept are figures; without it they are not kept
 * @param options.first the model that is there where none was kept; it is not kept either
 */
export function useModel<Model extends Keepable, Figures = undefined>(
  key: string,
  load: (from: Blob | Uint8Array) => Promise<Model>,
  {
    opened = 'The model is open.',
    first,
    isFigures,
  }: {
    opened?: string;
    first?: () => Promise<Uint8Array>;
    isFigures?: (value: unknown) => value is Figures;
  } = {},
): ScreenModel<Model, Figures> {
  const opening = useJob(opened);
  const keyOfFigures = `${key}/figures`;
  const [current, setCurrent] = useState<ScreenModel<Model, Figures>['current']>();
  const latest = useRef(current);
  const isLeft = useRef(false);
  // A model gives its bytes only until it is freed, so what frees it sees to this first.
  const [write] = useState(() =>
    lateWork(() => void (latest.current && keep(key, latest.current.model.toBytes()))),
  );
  const show = (model: Model, figures?: Figures): void => {
    if (isLeft.current) return void model.dispose();
    const before = latest.current;
    // The one that comes takes the place of what would be kept, too.
    write.drop();
    latest.current = { model, figures, id: (before?.id ?? 0) + 1 };
    setCurrent(latest.current);
    void before?.model.dispose();
  };
  const take = (model: Model, figures?: Figures): void => {
    void keepEach([
      [key, model.toBytes()] as const,
      ...(isFigures ? [[keyOfFigures, figures] as const] : []),
    ]);
    show(model, figures);
  };
  useEffect(() => {
    void Promise.all([kept(key), isFigures ? kept(keyOfFigures) : undefined]).then(([bytes, figures]) => {
      const found = bytes instanceof Uint8Array ? () => Promise.resolve(bytes) : first;
      if (!found) return;
      opening.run(async () => {
        const model = await load(await found());
        // What was trained meanwhile is newer.
        if (latest.current) void model.dispose();
        else show(model, isFigures?.(figures) === true && bytes !== undefined ? figures : undefined);
      });
    });
    return () => {
      isLeft.current = true;
      write.now();
      void latest.current?.model.dispose();
    };
  }, []);
  return {
    current,
    opening,
    take,
    open: (file) => opening.run(async () => take(await load(await file()))),
    changed: write.soon,
  };
}
