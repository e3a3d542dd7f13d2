/** How much is spoken and mixed for a model. */
export interface TrainingSizes {
  /** Clips of each word by synthetic voices. */
  readonly voices: number;
  /** Minutes of other speech by the same voices. */
  readonly voicedMinutes: number;
  /** Minutes of running speech by espeak-ng, where no voices say the word. */
  readonly spoken: number;
  /** Examples that are mixed; as the preset has it where undefined. */
  readonly examples: number | undefined;
  /** Examples that the threshold is set by; as the preset has it where undefined. */
  readonly thresholdExamples: number | undefined;
}

/** Clips of a word that voices say, where nothing else is asked. */
export const VOICED_CLIPS = 520;
/** Of other speech by the same voices. */
export const VOICED_MINUTES = 40;

/**
 * With fewer recordings of a word than this a network of its own sets no threshold and misses more than a head upon the
 * speech embedding that hears voices too: docs/research/trigger-words.md has the figures.
 */
export const FEW_RECORDINGS = 60;

/** With --quick. */
export const QUICK = { voices: 180, minutes: 12, examples: 900, thresholdExamples: 480 } as const;

/**
 * What is asked for, and where nothing is said what is usual.
 * @param asked.spoken as it was typed, or the default of its option
 * @param isSpokenTyped whether it was typed
 * @param isVoiced whether voices say the word where nothing is said of them
 * @param isAdapted whether a model that knows the word goes on with one person's takes, which needs less
 */
export function trainingSizes(
  asked: {
    readonly quick: boolean;
    readonly voices?: number;
    readonly spoken: number;
    readonly examples?: number;
  },
  { isSpokenTyped, isVoiced, isAdapted }: { isSpokenTyped: boolean; isVoiced: boolean; isAdapted: boolean },
): TrainingSizes {
  const { quick } = asked;
  const isLess = quick || isAdapted;
  const usual = isLess
    ? { voices: QUICK.voices, voicedMinutes: QUICK.minutes, spoken: QUICK.minutes }
    : { voices: VOICED_CLIPS, voicedMinutes: VOICED_MINUTES, spoken: asked.spoken };
  return {
    voices: asked.voices ?? (isVoiced ? usual.voices : 0),
    voicedMinutes: isSpokenTyped ? asked.spoken : usual.voicedMinutes,
    spoken: isSpokenTyped ? asked.spoken : usual.spoken,
    examples: asked.examples ?? (isLess ? QUICK.examples : undefined),
    thresholdExamples: quick ? QUICK.thresholdExamples : undefined,
  };
}
