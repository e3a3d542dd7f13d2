import { useEffect, useState } from 'preact/hooks';
import type { TriggerModel } from '../../audio/index.js';
import { ModelFile } from '../parts/model-file.js';
import { Card, ErrorNote, Screen } from '../parts/parts.js';
import { keep, kept } from '../state/store.js';
import { useJob } from '../state/use-job.js';
import { isText, useKept } from '../state/use-kept.js';
import { isClips, type KeptClip } from './clip-list.js';
import { ClipTable } from './clip-table.js';
import { Recorder } from './recorder.js';
import { Training, type HeldOutFigures } from './training.js';
import { Trying } from './trying.js';

const KEY = 'wake/model';

/** A wake word: record, train, try, save. */
export function WakeWordScreen() {
  const training = useJob('The training has ended.');
  const opening = useJob('The model is open.');
  const [phrase, setPhrase] = useKept('wake/phrase', 'hey robot', isText);
  const [clips, setClips] = useKept<readonly KeptClip[]>('wake/clips', [], isClips);
  const [trained, setTrained] = useState<{ model: TriggerModel; figures: HeldOutFigures | undefined }>();
  const take = (model: TriggerModel, figures: HeldOutFigures | undefined): void =>
    setTrained((before) => {
      void before?.model.dispose();
      return { model, figures };
    });
  const open = (load: () => Promise<Blob | Uint8Array>): void =>
    opening.run(async () => {
      const { TriggerModel } = await import('../../audio/index.js');
      const model = await TriggerModel.load(await load(), { engine: 'wasm' });
      take(model, undefined);
      await keep(KEY, model.toBytes());
    });
  useEffect(
    () =>
      void kept(KEY).then((bytes) => {
        if (bytes instanceof Uint8Array) open(() => Promise.resolve(bytes));
      }),
    [],
  );
  return (
    <Screen
      title="Wake word"
      lead="A model of a few hundred kilobytes that hears one word of yours, in this page, on a phone or on a small board."
    >
      <Recorder
        phrase={phrase}
        onPhrase={setPhrase}
        count={clips.length}
        disabled={training.isRunning}
        onClips={(added) => setClips((before) => [...before, ...added])}
      />
      <ClipTable
        clips={clips}
        onRemove={(id) => setClips((before) => before.filter((clip) => clip.id !== id))}
        onClear={() => setClips([])}
      />
      <Training
        job={training}
        phrase={phrase}
        clips={clips}
        onModel={(model, figures) => {
          take(model, figures);
          void keep(KEY, model.toBytes());
        }}
      />
      {trained && (
        <Trying
          model={trained.model}
          figures={trained.figures}
          onThreshold={() => void keep(KEY, trained.model.toBytes())}
        />
      )}
      <Card
        title="The model"
        note="The file works with seqkit listen and detect, and in code with TriggerModel.load."
      >
        <ModelFile
          name="trigger.safetensors"
          bytes={trained && (() => trained.model.toBytes())}
          disabled={training.isRunning || opening.isRunning}
          onOpen={open}
        />
        <ErrorNote error={opening.error} />
        <details>
          <summary>In a page or a program of yours</summary>
          <pre class="mono" tabIndex={0}>
            {SNIPPET}
          </pre>
        </details>
      </Card>
    </Screen>
  );
}

const SNIPPET = `import { listen } from 'seqkit/audio/browser';

await listen({
  model: '/trigger.safetensors',
  onTrigger: ({ word }) => console.log(word),
});`;
