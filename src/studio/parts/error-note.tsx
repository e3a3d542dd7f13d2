import type { ShownError } from '../state/shown-error.js';

/** What went wrong and what to do, read aloud at once. */
export function ErrorNote({ error }: { error: ShownError | undefined }) {
  if (!error) return null;
  return (
    <div class="error" role="alert">
      <p>{error.message}</p>
      {error.hint !== undefined && <p>{error.hint}</p>}
    </div>
  );
}
