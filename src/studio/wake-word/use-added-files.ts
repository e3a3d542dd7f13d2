import { useState } from 'preact/hooks';
import type { ClipKind } from '../../audio/index.js';
import { pathOf } from '../files/dropped-files.js';
import { announce } from '../state/announce.js';
import { timeLeft } from '../state/duration.js';
import { shownError } from '../state/shown-error.js';
import { useJob, type Job } from '../state/use-job.js';
import { asWav, KIND_NAMES, newId, type KeptClip } from './clip.js';

/** Clips are kept so many at a time. */
const TOGETHER = 50;
/** Names of files in a folder that are tried; what a browser cannot read of them is told. */
const SOUND = /\.(wav|wave|mp3|m4a|mp4|aac|ogg|oga|opus|flac|webm)$/i;
/** Errors that are told in full. */
const TOLD = 3;

/** Files that become clips. */
export interface AddedFiles {
  readonly job: Job;
  /** Undefined where nothing is under way. */
  readonly state: { readonly share: number; readonly text: string } | undefined;
  /** @param kind of those whose folder does not tell it */
  readonly add: (files: readonly File[], kind: ClipKind) => void;
}

/** Reads files one after the other, so that thousands do not stop the page. */
export function useAddedFiles(onClips: (clips: readonly KeptClip[]) => void): AddedFiles {
  const job = useJob();
  const [state, setState] = useState<AddedFiles['state']>();
  const add = (all: readonly File[], kind: ClipKind): void =>
    job.run(async (signal) => {
      // A file that was chosen is tried, whatever its name; what else lies in a folder is left alone.
      const files = all.filter((file) => pathOf(file) === file.name || SOUND.test(file.name));
      if (files.length === 0) throw new Error('There are no sound files in this folder.');
      const failed: string[] = [];
      const begun = performance.now();
      let [added, some]: [number, KeptClip[]] = [0, []];
      try {
        for (const [i, file] of files.entries()) {
          if (signal.aborted) break;
          try {
            const bytes = await asWav(file);
            const name = file.name.replace(/(\.[a-z0-9]+)?$/i, '.wav');
            some.push({ id: newId(), kind: kindOf(file) ?? kind, bytes, name });
          } catch (error) {
            failed.push(shownError(error).message);
          }
          if (some.length < TOGETHER && i < files.length - 1) continue;
          onClips(some);
          [added, some] = [added + some.length, []];
          const share = (i + 1) / files.length;
          setState({ share, text: `${i + 1} of ${files.length} files, ${timeLeft(begun, share)}` });
        }
        if (some.length > 0) onClips(some);
        announce(`${added + some.length} files were added.`);
      } finally {
        setState(undefined);
      }
      if (failed.length === 0) return;
      const more = failed.length > TOLD ? ` And ${failed.length - TOLD} more.` : '';
      throw new Error(failed.slice(0, TOLD).join(' ') + more);
    });
  return { job, state, add };
}

/** What the folder of a file tells of it, such as `negatives` of `clips/negatives/a.wav`. */
function kindOf(file: File): ClipKind | undefined {
  const folders = pathOf(file).split('/').slice(0, -1);
  return (Object.keys(KIND_NAMES) as ClipKind[]).find((kind) => folders.includes(kind));
}
