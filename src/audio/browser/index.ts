import type { TriggerStream } from '../detection/trigger-stream.js';
import { TriggerModel } from '../trigger-model.js';
import { addCapture } from './capture-worklet.js';
import { listenInPageOptions, type ListenInPageOptions } from './listen-options.js';
import { Listening } from './listening.js';
import { checkPage, openMicrophone } from './microphone.js';
import { setThresholds } from './set-thresholds.js';
import { startContext } from './start-context.js';

export { Listening } from './listening.js';
export { recordClip, type RecordClipOptions } from './record-clip.js';
export type {
  HeardSound,
  ListenEvent,
  ListeningModel,
  ListeningState,
  ListenInPageOptions,
  ListenScore,
  SoundLevel,
} from './listen-options.js';

/**
 * Listens to the microphone of a page: asks for it, hears on the audio thread's beat at whatever rate, goes on where
 * the page is hidden, and takes another microphone where one is lost. Call it when the user has clicked: browsers let
 * no page listen before.
 *
 * @example
 * const listening = await listen({ model: '/trigger.safetensors', onTrigger: ({ word }) => wake(word) });
 * // later
 * await listening.stop();
 * @throws SeqkitError `permission` where the user refuses; `engine` where there is no microphone or no way to hear it;
 *   as `TriggerModel.load` for models that it loads
 */
export async function listen(options: ListenInPageOptions): Promise<Listening> {
  const checked = listenInPageOptions.parse(options);
  checkPage();
  // The first things to be given back, where something after them fails.
  const undo: (() => unknown)[] = [];
  try {
    const microphone = await openMicrophone(checked.microphone ?? {});
    undo.push(() => microphone.getTracks().forEach((track) => track.stop()));
    const context = new AudioContext();
    undo.push(() => context.close());
    const loaded: TriggerModel[] = [];
    const release = async (): Promise<void> =>
      void (await Promise.all(loaded.map((model) => model.dispose())));
    undo.push(release);
    await addCapture(context);
    await startContext(context, 'listen');
    const streams: TriggerStream[] = [];
    undo.push(() => streams.forEach((stream) => stream.dispose()));
    for (const given of Array.isArray(checked.model) ? checked.model : [checked.model]) {
      let model = given as TriggerModel;
      if (!(given instanceof TriggerModel)) {
        const { embedding } = checked;
        model = await TriggerModel.load(given as string, embedding === undefined ? {} : { embedding });
        loaded.push(model);
      }
      const { onScore, voiceActivity = true } = checked;
      const stream = model.stream({ sampleRate: context.sampleRate, voiceActivity });
      const index = streams.length;
      if (onScore) {
        stream.on('score', ({ score, smoothed, timeSeconds }) =>
          onScore({ score, smoothed, timeSeconds, model: index }),
        );
      }
      streams.push(stream);
    }
    if (checked.threshold !== undefined) setThresholds(streams, checked.threshold);
    return new Listening(checked, { context, microphone, streams, release });
  } catch (error) {
    for (const one of undo.reverse()) await one();
    throw error;
  }
}
