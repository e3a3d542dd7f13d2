const HEIGHT = 36;

/** The wave of a clip, with its speech in colour. */
export function Waveform({
  peaks,
  speech,
  seconds,
  name,
}: {
  peaks: readonly number[];
  /** Shares of its length. */
  speech: readonly [start: number, end: number];
  seconds: number;
  name: string;
}) {
  const width = peaks.length;
  if (width === 0) return null;
  const [start, end] = speech;
  return (
    <svg
      class="wave"
      viewBox={`0 0 ${width} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`The wave of ${name}; speech from ${(start * seconds).toFixed(2)} to ${(end * seconds).toFixed(2)} s`}
    >
      {peaks.map((peak, index) => {
        const height = Math.max(1, Math.sqrt(peak) * HEIGHT);
        const share = (index + 0.5) / width;
        return (
          <rect
            key={index}
            class={share >= start && share <= end ? 'speech' : undefined}
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
