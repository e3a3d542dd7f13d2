import type { KeptClip } from './clip.js';

/** A moment at which a model fired, with its sound. */
export interface Firing {
  readonly id: string;
  /** A file's name, or that of the microphone. */
  readonly where: string;
  readonly seconds: number;
  readonly score: number;
  /** A WAV file of the moment. */
  readonly bytes: Uint8Array;
  /** Whether the word was said there, where the user has told. */
  readonly isRight?: boolean | undefined;
}

export const MICROPHONE = 'microphone';
/** What is kept of the sound before a firing, and after it: there the chime may sound already. */
export const BEFORE_SECONDS = 1.9;
export const AFTER_SECONDS = 0.1;
/** Firings that are kept; of more the oldest go. */
export const MOST_FIRINGS = 40;

export const isFiring = (value: unknown): value is Firing => {
  const { id, where, seconds, score, bytes, isRight } = (value ?? {}) as Partial<Firing>;
  return (
    [id, where].every((text) => typeof text === 'string') &&
    [seconds, score].every(Number.isFinite) &&
    bytes instanceof Uint8Array &&
    (isRight === undefined || typeof isRight === 'boolean')
  );
};

/** The id of the clip that a firing becomes, whatever it is marked. */
export const clipIdOf = ({ id }: Firing): string => `fired-${id}`;

/** What a firing is to the next training: a clip of the word, or a false alarm. */
export function clipOf(firing: Firing): KeptClip | undefined {
  const { bytes, where, isRight } = firing;
  if (isRight === undefined) return undefined;
  const from = where === MICROPHONE ? '' : ` in ${where.replace(/\.[^.]*$/, '')}`;
  // A name with an underscore would tell who speaks, which nobody knows.
  const name = `${isRight ? 'heard' : 'false alarm'}${from}.wav`.replaceAll('_', ' ');
  return {
    ...{ id: clipIdOf(firing), name, bytes },
    ...(isRight ? { kind: 'activates' } : { kind: 'negatives', isAlarm: true }),
  };
}
