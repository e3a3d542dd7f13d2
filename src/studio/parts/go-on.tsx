import { Button } from './button.js';

/** Offers to go on with a training that was broken off. @param share how far it was */
export function GoOn({
  share,
  onGoOn,
  onForget,
}: {
  share: number;
  onGoOn: () => void;
  onForget: () => void;
}) {
  return (
    <div class="banner go-on" role="status">
      <p>A training was broken off when it was {Math.floor(100 * share)}% done.</p>
      <div class="row">
        <Button primary onClick={onGoOn}>
          Go on with it
        </Button>
        <Button onClick={onForget}>Forget it</Button>
      </div>
    </div>
  );
}
