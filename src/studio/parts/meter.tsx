/** How loud it is. @param peak the highest sample of the moment, 0 to 1 */
export function Meter({ peak }: { peak: number }) {
  return (
    <div
      class="meter"
      role="meter"
      aria-label="Level"
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={peak}
    >
      <span
        class={peak > LOUD ? 'loud' : undefined}
        style={{ width: `${100 * Math.min(1, Math.sqrt(peak))}%` }}
      />
    </div>
  );
}

/** Louder sound may be cut off. */
const LOUD = 0.98;
