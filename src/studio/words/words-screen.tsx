import { useEffect, useState } from 'preact/hooks';
import type { KeyedVectors, pcaMap } from '../../embeddings/index.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { FilePicker } from '../parts/file-picker.js';
import { Card, Screen } from '../parts/screen.js';
import { FolderChoice } from '../parts/folder-choice.js';
import { useJob } from '../state/use-job.js';
import { Analogy } from './analogy.js';
import { Neighbours } from './neighbours.js';
import { defaultVectors, ownVectors } from './vectors.js';
import { WordMap } from './word-map.js';

const DEFAULT_NAME = 'GloVe, the 10,000 most frequent words';
const ENDINGS = ['.txt', '.vec', '.bin', '.gz', '.zip', '.safetensors'];

interface Opened {
  readonly vectors: KeyedVectors;
  readonly name: string;
  readonly lay: typeof pcaMap;
}

/** Word vectors: analogies, neighbours, a map. */
export function WordsScreen() {
  const job = useJob('The vectors are open.');
  const [opened, setOpened] = useState<Opened>();
  const open = (load: () => Promise<Pick<Opened, 'name' | 'vectors'>>): void =>
    job.run(async (signal) => {
      const next = await load();
      const { pcaMap: lay } = await import('../../embeddings/index.js');
      if (signal.aborted) next.vectors.dispose();
      else setOpened({ ...next, lay });
    });
  // They have threads: who opens others, or leaves the screen, ends them.
  useEffect(() => () => opened?.vectors.dispose(), [opened]);
  const openDefault = (): void => open(async () => ({ name: DEFAULT_NAME, vectors: await defaultVectors() }));
  const openOwn = (load: () => Promise<File>): void =>
    open(async () => {
      const file = await load();
      return { name: file.name, vectors: await ownVectors(file) };
    });
  useEffect(openDefault, []);
  return (
    <Screen
      title="Words"
      lead="A word as a list of numbers, learned from its company. What can be added and subtracted, means something."
    >
      {opened && (
        <>
          <Analogy key={opened.name} vectors={opened.vectors} />
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
        <FilePicker
          label="Your own vectors: drop a file here, or choose one"
          accept={ENDINGS.join(',')}
          disabled={job.isRunning}
          onFiles={([file]) => openOwn(() => Promise.resolve(file))}
        />
        <FolderChoice endings={ENDINGS} disabled={job.isRunning} onFile={openOwn} />
        {opened && opened.name !== DEFAULT_NAME && (
          <Button quiet onClick={openDefault} disabled={job.isRunning}>
            Those that come with seqkit
          </Button>
        )}
      </Card>
      {opened && <WordMap vectors={opened.vectors} lay={opened.lay} />}
    </Screen>
  );
}
