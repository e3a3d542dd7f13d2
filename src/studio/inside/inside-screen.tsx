import { Screen } from '../parts/screen.js';
import { GradientFlow } from './gradient-flow.js';
import { Unrolled } from './unrolled.js';

/** For learners: what goes on in a recurrent cell. */
export function InsideScreen() {
  return (
    <Screen
      title="Inside"
      lead="What goes on in a recurrent network: gates and states as colours, and the gradients that it learns by."
    >
      <Unrolled />
      <GradientFlow />
    </Screen>
  );
}
