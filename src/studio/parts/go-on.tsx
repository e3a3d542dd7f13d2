import { Button } from './button.js';
import type { Unfinished } from '../state/use-unfinished.js';

/** Offers to go on with a training that was broken off. */
export function GoOn<Settings>({
  found,
  disabled,
  onGoOn,
  onForget,
}: {
  found: Unfinished<Settings> | undefined;
  disabled: boolean;
  onGoOn: (found: Unfinished<Settings>) => void;
  onForget: () => void;
}) {
  if (!found || disabled) return null;
  return (
    <div class="banner go-on" role="status">
      <p>A training was broken off when it was {Math.floor(100 * found.share)}% done.</p>
      <div class="row">
        <Button primary onClick={() => onGoOn(found)}>
          Go on with it
        </Button>
        <Button onClick={onForget}>Forget it</Button>
      </div>
    </div>
  );
}
