import type { TriggerModel } from '../../audio/index.js';
import { ModelFile } from '../parts/model-file.js';
import { OnnxFile } from '../parts/onnx-file.js';
import { Card, Screen } from '../parts/screen.js';
import { useJob } from '../state/use-job.js';
import { isText, useKept } from '../state/use-kept.js';
import { useKeptList } from '../state/use-kept-list.js';
import { useModel } from '../state/use-model.js';
import { ClipTable } from './clip-table.js';
import { MixedExamples } from './mixed-examples.js';
import { Recorder } from './recorder.js';
import { SyntheticVoices } from './synthetic-voices.js';
import { isClip, type KeptClip } from './clip.js';
import { embeddingAddress } from './embedding.js';
import { pageSnippet, PROGRAM } from './snippets.js';
import { isFigures, type HeldOutFigures } from './threshold-meaning.js';
import { Training } from './training.js';
import { Trying } from './trying.js';
import { useFirings } from './use-firings.js';

async function load(from: Blob | Uint8Array): Promise<TriggerModel> {
  const { TriggerModel } = await import('../../audio/index.js');
  // Loaded only for a model that hears through it.
  return TriggerModel.load(from, { engine: 'wasm', embedding: await embeddingAddress() });
}

/** A wake word: record, train, try, save. */
export function WakeWordScreen() {
  const training = useJob('The training has ended.');
  const [phrase, setPhrase] = useKept('wake/phrase', 'hey robot', isText);
  const list = useKeptList<KeptClip>('wake/clip/', isClip);
  const { items: clips, add, change, remove } = list;
  const log = useFirings(list);
  const { current, take, changed, ...file } = useModel<TriggerModel, HeldOutFigures>('wake/model', load, {
    isFigures,
  });
  const isUponEmbedding = current?.model.settings.features.kind === 'embedding';
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
        onClips={add}
      />
      <SyntheticVoices phrase={phrase} count={clips.length} disabled={training.isRunning} onClips={add} />
      <ClipTable clips={clips} onChange={change} onRemove={remove} />
      <Training job={training} phrase={phrase} clips={clips} model={current?.model} onModel={take} />
      {clips.some(({ kind }) => kind === 'activates') && <MixedExamples clips={clips} />}
      {current && (
        <Trying
          key={current.id}
          model={current.model}
          figures={current.figures}
          log={log}
          onThreshold={changed}
        />
      )}
      <Card
        title="The model"
        note="The file works with seqkit listen and detect, and in code with TriggerModel.load."
      >
        {isUponEmbedding && (
          <p class="note">
            It hears through the speech embedding that comes with seqkit, which takes more room than a page of
            its own has. A good or thorough training makes a model for a page.
          </p>
        )}
        <ModelFile
          name="trigger.safetensors"
          {...(!isUponEmbedding && { page: 'listen' as const })}
          title={current?.model.word ?? ''}
          model={current?.model}
          isBusy={training.isRunning}
          {...file}
        >
          {current && (
            <OnnxFile
              key={current.id}
              name="trigger"
              model={current.model}
              disabled={training.isRunning || file.opening.isRunning}
            />
          )}
        </ModelFile>
        <details>
          <summary>In a page of yours</summary>
          <pre class="mono" tabIndex={0}>
            {pageSnippet(isUponEmbedding)}
          </pre>
        </details>
        <details>
          <summary>In a program of yours, in Node</summary>
          <pre class="mono" tabIndex={0}>
            {PROGRAM}
          </pre>
        </details>
      </Card>
    </Screen>
  );
}
