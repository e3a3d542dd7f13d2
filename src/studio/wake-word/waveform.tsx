import type { ClipLook } from './clip-look.js';

const HEIGHT = 36;

/** The wave of a clip, with its speech in colour. */
export function Waveform({ look, name }: { look: ClipLook; name: string }) {
  const { peaks, speech } = look;
  const width = peaks.length;
  if (width === 0) return null;
  return (
    <svg
      class="wave"
      viewBox={`0 0 ${width} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`The wave of ${name}; speech from ${(speech[0] * look.seconds).toFixed(2)} to ${(speech[1] * look.seconds).toFixed(2)} s`}
    >
      {peaks.map((peak, index) => {
        const height = Math.max(1, Math.sqrt(peak) * HEIGHT);
        const isSpeech = (index + 0.5) / width >= speech[0] && (index + 0.5) / width <= speech[1];
        return (
          <rect
            key={index}
            class={isSpeech ? 'speech' : undefined}
            x={index + 0.15}
            y={(HEIGHT - height) / 2}
            width={0.7}
            height={height}
          />
        );
      })}
    </svg>
  );
}
