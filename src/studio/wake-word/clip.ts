import type { ClipKind } from '../../audio/index.js';

/** A recording of the user's, as it is kept. */
export interface KeptClip {
  readonly id: string;
  /** Of its file; `<speaker>_*.wav` names who spoke. */
  readonly name: string;
  readonly kind: ClipKind;
  /** A WAV file. */
  readonly bytes: Uint8Array;
  /** Where its speech lies, in seconds, where the user has said it. */
  readonly speech?: readonly [start: number, end: number] | undefined;
  /** Whether other speech is what set a model off. */
  readonly isAlarm?: boolean;
}

/** What models are trained at, Hz. */
export const RATE = 16_000;

export const KIND_NAMES: Readonly<Record<ClipKind, string>> = {
  activates: 'The word',
  negatives: 'Other speech',
  backgrounds: 'Background',
};

/** What a clip is, as a person says it. */
export const kindName = ({ kind, isAlarm }: Pick<KeptClip, 'kind' | 'isAlarm'>): string =>
  isAlarm === true ? 'False alarm' : KIND_NAMES[kind];

/** A file of sound as a WAV file: WAV files as they are, others as the browser decodes them. */
export async function asWav(file: File): Promise<Uint8Array> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (String.fromCharCode(...bytes.subarray(0, 4)) === 'RIFF') return bytes;
  const context = new OfflineAudioContext(1, 1, 16_000);
  let sound: AudioBuffer;
  try {
    sound = await context.decodeAudioData(bytes.slice().buffer);
  } catch {
    throw new Error(`${file.name} is no sound that this browser can read. Try a WAV file.`);
  }
  const { encodeWav } = await import('./wav-files.js');
  return encodeWav({ samples: sound.getChannelData(0), sampleRate: sound.sampleRate });
}

export const isClip = (value: unknown): value is KeptClip => {
  const clip = value as Partial<KeptClip> | undefined;
  return (
    typeof clip?.id === 'string' &&
    typeof clip.name === 'string' &&
    Object.hasOwn(KIND_NAMES, String(clip.kind)) &&
    clip.bytes instanceof Uint8Array &&
    (clip.speech === undefined || clip.speech.every(Number.isFinite))
  );
};

let count = 0;
/** An id for a clip that no other has; later ones sort behind earlier ones. */
export const newId = (): string => `${Date.now().toString(36)}-${(count++).toString(36).padStart(5, '0')}`;
