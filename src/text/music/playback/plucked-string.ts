/** Where the string is plucked, as a share of its length from the bridge. */
const PLUCKED_AT = 0.19;
/** How stiff the string is: each partial k lies higher than k times the first by about half of this times k squared. */
const STIFFNESS = 6e-5;
/** The most partials that are heard. */
const MOST_PARTIALS = 28;
/** A note sounds on two strings: how far each lies from its pitch, in cents, and how loud it is. */
const strings = [
  { cents: -0.6, gain: 0.65 },
  { cents: 0.9, gain: 0.35 },
] as const;
/** How fast the first partial of A = 440 Hz fades, in nepers a second, and what partials lose beside, by their frequency. */
const LOSS = 2.1;
const LOSS_AT_HIGH = 3e-6;
/** How fast what rings on after the end of a note fades beside. */
const DAMPING = 4.5;
/** What is this much softer than a note's beginning is not heard. */
const SILENCE = 3e-4;
/** In seconds. */
const ATTACK = 0.003;
const LAST_FADE = 0.02;

/** A note of a plucked string. */
export interface PluckedNote {
  readonly hertz: number;
  /** How long it is held; then it rings on. */
  readonly seconds: number;
  /** From 0 to 1; soft notes are darker too. */
  readonly gain: number;
  /** In Hz. */
  readonly sampleRate: number;
}

/** The longest that a note rings on after its end, in seconds. */
export const RING = 1.4;

/**
 * The sound of a plucked string, as the sum of its partials: of a stiff string (Fletcher 1964), as strong as a pluck at
 * one point sets them moving (the transform of a bent string, sin(k pi p) / k at the bridge), each fading by itself,
 * the higher the faster (Chaigne and Askenfelt 1994). What lies above half the sample rate is left out.
 * @returns samples from the pluck on, until nothing is heard; none where its pitch lies above half the sample rate
 */
export function pluckedString({ hertz, seconds, gain, sampleRate }: PluckedNote): Float32Array {
  const length = Math.ceil((seconds + RING) * sampleRate);
  const samples = new Float64Array(length);
  /** Where partials fall to a third: a soft pluck is that of a broad fingertip. */
  const cutoff = 1_400 + 4_600 * gain;
  const lossOfFirst = LOSS * Math.sqrt(hertz / 440);
  let heard = 0;
  for (let k = 1; k <= MOST_PARTIALS; k++) {
    const stretch = Math.sqrt((1 + STIFFNESS * k * k) / (1 + STIFFNESS));
    const level = (Math.abs(Math.sin(k * Math.PI * PLUCKED_AT)) / k) * Math.exp((-(k - 1) * hertz) / cutoff);
    for (const string of strings) {
      const frequency = k * hertz * stretch * 2 ** (string.cents / 1_200);
      if (frequency >= sampleRate / 2) continue;
      const loss = lossOfFirst + LOSS_AT_HIGH * (frequency ** 2 - hertz ** 2);
      const amplitude = gain * string.gain * level;
      const count = Math.min(length, Math.ceil((Math.log(amplitude / (gain * SILENCE)) / loss) * sampleRate));
      addPartial(samples, { frequency, loss, amplitude, count, sampleRate });
      heard = Math.max(heard, count);
    }
  }
  const end = Math.max(0, heard);
  const fadeFrom = end - LAST_FADE * sampleRate;
  const sound = new Float32Array(end);
  for (let i = 0; i < end; i++) {
    const t = i / sampleRate;
    const attack = t < ATTACK ? 0.5 - 0.5 * Math.cos((Math.PI * t) / ATTACK) : 1;
    const damped = t > seconds ? Math.exp(-DAMPING * (t - seconds)) : 1;
    const last = i > fadeFrom ? (end - i) / (end - fadeFrom) : 1;
    sound[i] = samples[i] * attack * damped * last;
  }
  return sound;
}

/** Adds a sine that fades, by the recursion of a resonator of two poles. */
function addPartial(
  samples: Float64Array,
  partial: { frequency: number; loss: number; amplitude: number; count: number; sampleRate: number },
): void {
  const { frequency, loss, amplitude, count, sampleRate } = partial;
  const angle = (2 * Math.PI * frequency) / sampleRate;
  const radius = Math.exp(-loss / sampleRate);
  const turn = 2 * radius * Math.cos(angle);
  const fall = radius * radius;
  let [before, now] = [(-amplitude * Math.sin(angle)) / radius, 0];
  for (let i = 0; i < count; i++) {
    samples[i] += now;
    [before, now] = [now, turn * now - fall * before];
  }
}
