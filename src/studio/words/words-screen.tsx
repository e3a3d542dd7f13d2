import { useEffect, useRef, useState } from 'preact/hooks';
import type { KeyedVectors } from '../../embeddings/index.js';
import { download } from '../files/files.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { FilePicker } from '../parts/file-picker.js';
import { Card, Screen } from '../parts/screen.js';
import { FolderChoice } from '../parts/folder-choice.js';
import { keep, kept } from '../state/store.js';
import { useJob } from '../state/use-job.js';
import { Analogy } from './analogy.js';
import { BiasAudit } from './bias-audit.js';
import { Neighbours } from './neighbours.js';
import { VectorTraining } from './vector-training.js';
import {
  defaultVectors,
  openTrained,
  ownVectors,
  TRAINED,
  trainedVectors,
  type TrainedVectors,
} from './vectors.js';
import { WordMap } from './word-map.js';

const DEFAULT_NAME = 'GloVe, the 10,000 most frequent words';
const ENDINGS = ['.txt', '.vec', '.bin', '.gz', '.zip', '.safetensors'];

interface Opened {
  readonly vectors: KeyedVectors;
  readonly name: string;
  /** A number that no others of the screen have. */
  readonly id: number;
}

/** Word vectors: analogies, neighbours, a map, a training. */
export function WordsScreen() {
  const job = useJob('The vectors are open.');
  const [opened, setOpened] = useState<Opened>();
  const [trained, setTrained] = useState<TrainedVectors>();
  const isLeft = useRef(false);
  const count = useRef(0);
  const open = (load: () => Promise<Pick<Opened, 'name' | 'vectors'>>): void =>
    job.run(async () => {
      const next = await load();
      if (isLeft.current) next.vectors.dispose();
      else setOpened({ ...next, id: ++count.current });
    });
  // They have threads: who opens others, or leaves the screen, ends them.
  useEffect(() => () => opened?.vectors.dispose(), [opened]);
  const openDefault = (): void => open(async () => ({ name: DEFAULT_NAME, vectors: await defaultVectors() }));
  const openOwn = (load: () => Promise<File>): void =>
    open(async () => {
      const file = await load();
      return { name: file.name, vectors: await ownVectors(file) };
    });
  const openAgain = (found: TrainedVectors): void =>
    open(async () => ({ name: found.name, vectors: await openTrained(found) }));
  const take = (next: TrainedVectors): void => {
    void keep(TRAINED, next);
    if (isLeft.current) return;
    setTrained(next);
    openAgain(next);
  };
  useEffect(() => {
    void kept(TRAINED).then((found) => {
      const before = trainedVectors(found);
      setTrained(before);
      if (before) openAgain(before);
      else openDefault();
    });
    return () => void (isLeft.current = true);
  }, []);
  return (
    <Screen
      title="Words"
      lead="A word as a list of numbers, learned from its company. What can be added and subtracted, means something."
    >
      {opened && (
        <>
          <Analogy key={opened.id} vectors={opened.vectors} />
          <Neighbours vectors={opened.vectors} />
        </>
      )}
      <Card title="Vectors" note="GloVe, word2vec and fastText files open too, plain or packed.">
        {opened && (
          <p>
            <b>{opened.name}</b>: {opened.vectors.size.toLocaleString('en')} words of{' '}
            {opened.vectors.vectorSize} numbers.
          </p>
        )}
        {opened?.vectors.notes.map((note) => (
          <p class="note" key={note}>
            {note}
          </p>
        ))}
        {job.isRunning && <p role="status">Reading the vectors …</p>}
        <ErrorNote error={job.error} />
        <div class="row">
          {opened && opened.name !== DEFAULT_NAME && (
            <Button quiet onClick={openDefault} disabled={job.isRunning}>
              Those that come with seqkit
            </Button>
          )}
          {trained && (
            <>
              {opened?.name !== trained.name && (
                <Button quiet onClick={() => openAgain(trained)} disabled={job.isRunning}>
                  Those that were trained here
                </Button>
              )}
              <Button quiet onClick={() => download(trained.file, trained.bytes)}>
                Save what was trained as {trained.file}
              </Button>
            </>
          )}
        </div>
        <FilePicker
          label="Your own vectors: drop a file here, or choose one"
          accept={ENDINGS.join(',')}
          disabled={job.isRunning}
          onFiles={([file]) => openOwn(() => Promise.resolve(file))}
        />
        <FolderChoice endings={ENDINGS} disabled={job.isRunning} onFile={openOwn} />
      </Card>
      {opened && (
        <>
          <WordMap key={opened.id} vectors={opened.vectors} />
          <BiasAudit key={opened.id} vectors={opened.vectors} />
        </>
      )}
      <VectorTraining onTrained={take} />
    </Screen>
  );
}
