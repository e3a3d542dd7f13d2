import { useEffect, useState } from 'preact/hooks';
import type { MusicModel } from '../../text/index.js';
import { ModelFile } from '../parts/model-file.js';
import { Card, ErrorNote, Screen } from '../parts/parts.js';
import { keep, kept } from '../state/store.js';
import { useJob } from '../state/use-job.js';
import { Composing } from './composing.js';
import { TuneTraining } from './tune-training.js';

const KEY = 'tunes/model';

/** A model of tunes: trained on ABC, and composing. */
export function TunesScreen() {
  const training = useJob('The training has ended.');
  const opening = useJob('The model is open.');
  const [model, setModel] = useState<MusicModel>();
  const take = (next: MusicModel): void =>
    setModel((before) => {
      void before?.dispose();
      return next;
    });
  const open = (load: () => Promise<Blob | Uint8Array>): void =>
    opening.run(async () => {
      const { MusicModel } = await import('../../text/index.js');
      const opened = await MusicModel.load(await load(), { engine: 'wasm' });
      take(opened);
      await keep(KEY, opened.toBytes());
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
      title="Tunes"
      lead="A network that learns tunes and composes more of their kind: sheet music that plays."
    >
      <TuneTraining
        job={training}
        onModel={(trained) => {
          take(trained);
          void keep(KEY, trained.toBytes());
        }}
      />
      {model && <Composing model={model} />}
      <Card title="The model" note="The file works with seqkit compose, and in code with MusicModel.load.">
        <ModelFile
          name="music.safetensors"
          bytes={model && (() => model.toBytes())}
          disabled={training.isRunning || opening.isRunning}
          onOpen={open}
        />
        <ErrorNote error={opening.error} />
      </Card>
    </Screen>
  );
}
