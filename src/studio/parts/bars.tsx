/** Bars of shares with their names: probabilities, scores. */
export function Bars({
  label,
  rows,
}: {
  label: string;
  rows: readonly { name: string; value: number; shown: string; muted?: boolean }[];
}) {
  const most = Math.max(1e-9, ...rows.map(({ value }) => value));
  return (
    <ol class="bars" aria-label={label}>
      {rows.map(({ name, value, shown, muted }) => (
        <li key={name} class={muted ? 'muted' : undefined}>
          <span class="name">{name}</span>
          <span class="bar" aria-hidden="true">
            <span style={{ width: `${Math.max(0, (100 * value) / most)}%` }} />
          </span>
          <span class="figure">{shown}</span>
        </li>
      ))}
    </ol>
  );
}
