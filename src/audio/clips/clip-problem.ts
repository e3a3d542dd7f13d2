/** What can be wrong with a clip. */
export type ClipProblemKind =
  | 'damaged'
  | 'silent'
  | 'faint'
  | 'no-speech'
  | 'hum'
  | 'dropouts'
  | 'gated'
  | 'channels-cancel'
  | 'clipped'
  | 'several-sounds'
  | 'too-short'
  | 'too-long'
  | 'odd-rate'
  | 'duplicate'
  | 'wrong-folder';

/** One thing that is wrong with one clip, and what to do about it. */
export interface ClipProblem {
  path: string;
  kind: ClipProblemKind;
  /** An error keeps the clip from being trained on; a warning is for the user to judge. */
  severity: 'error' | 'warning';
  /** What was found. */
  detail: string;
  /** What to do. */
  advice: string;
}
