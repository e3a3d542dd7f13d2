/** How far a work is, and what it says of itself. */
export function Progress({ label, share, text }: { label: string; share: number | undefined; text: string }) {
  return (
    <div class="progress">
      <progress aria-label={label} max={1} {...(share !== undefined && { value: share })} />
      <p>{text}</p>
    </div>
  );
}
