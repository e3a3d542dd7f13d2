import { useState } from 'preact/hooks';
import type { ClassifierEvaluation, SequenceClassifier } from '../../tasks/index.js';
import { FolderChoice } from '../parts/folder-choice.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { Select, TextArea, TextField } from '../parts/field.js';
import { FilePicker } from '../parts/file-picker.js';
import { Card } from '../parts/screen.js';
import type { Job } from '../state/use-job.js';
import { useKept } from '../state/use-kept.js';
import {
  columnsOf,
  examplesOf,
  FIRST_COLUMNS,
  isColumns,
  linesOf,
  split,
  type Column,
  type TextExample,
} from './columns.js';

const ENCODERS = [
  ['linear', 'Words and word pairs, at once'],
  ['nbsvm', 'The same, weighed by how telling they are'],
  ['gru', 'A recurrent network, in the order of the words'],
  ['conv', 'A convolution over the words'],
] as const;

type Encoder = (typeof ENCODERS)[number][0];
const ENDINGS = ['.csv', '.tsv', '.jsonl'];

/** Where examples are typed or read, and a classifier is trained on them. */
export function ExamplesCard({
  job,
  onModel,
}: {
  job: Job;
  onModel: (model: SequenceClassifier, evaluation: ClassifierEvaluation | undefined) => void;
}) {
  const [columns, setColumns] = useKept<readonly Column[]>('classifier/columns', FIRST_COLUMNS, isColumns);
  const [encoder, setEncoder] = useState<Encoder>('linear');
  const [stage, setStage] = useState('');
  const change = (at: number, changed: Partial<Column>): void =>
    setColumns(columns.map((column, index) => (index === at ? { ...column, ...changed } : column)));
  const read = (open: () => Promise<File>): void =>
    job.run(async () => {
      const { readExamples } = await import('../../tasks/index.js');
      const file = await open();
      const format = ENDINGS.find((ending) => file.name.toLowerCase().endsWith(ending))?.slice(1) ?? 'csv';
      const examples = await readExamples(file, { format: format as 'csv' | 'tsv' | 'jsonl' });
      setColumns(columnsOf(examples as unknown as TextExample[]));
    });
  const train = (): void =>
    job.run(async (signal) => {
      const { SequenceClassifier } = await import('../../tasks/index.js');
      const { train: training, test } = split(examplesOf(columns));
      setStage('Training …');
      try {
        const model = await SequenceClassifier.train(training, {
          ...{ encoder, engine: 'wasm', seed: 1, signal },
          onProgress: ({ stage: name, epoch, epochs, loss }) =>
            setStage(
              epoch === undefined
                ? `Training: ${name}`
                : `Training: ${name}, time ${epoch} of ${epochs ?? '?'}, loss ${loss?.toFixed(3) ?? '?'}`,
            ),
        });
        const evaluation =
          test.length > 0 ? await model.evaluate(test, { mistakes: test.length }) : undefined;
        onModel(model, evaluation);
      } finally {
        setStage('');
      }
    });
  const total = examplesOf(columns).length;
  return (
    <Card title="Examples" note="One example a line, a column for each class. Ten of each are a start." wide>
      <div class="classes">
        {columns.map(({ label, examples }, index) => (
          <fieldset key={index}>
            <legend class="unseen">Class {index + 1}</legend>
            <TextField
              label={`Class ${index + 1}`}
              value={label}
              disabled={job.isRunning}
              onInput={(next) => change(index, { label: next })}
            />
            <TextArea
              label={`Examples of ${label || 'it'}`}
              value={examples}
              rows={8}
              disabled={job.isRunning}
              onInput={(next) => change(index, { examples: next })}
              hint={`${linesOf(examples).length} examples`}
            />
            {columns.length > 2 && (
              <Button
                quiet
                disabled={job.isRunning}
                onClick={() => setColumns(columns.filter((_, at) => at !== index))}
              >
                Remove {label || 'this class'}
              </Button>
            )}
          </fieldset>
        ))}
      </div>
      <div class="row">
        <Button
          quiet
          disabled={job.isRunning}
          onClick={() => setColumns([...columns, { label: `class ${columns.length + 1}`, examples: '' }])}
        >
          Add a class
        </Button>
      </div>
      <div class="columns">
        <FilePicker
          label="Or drop a CSV with the columns text and label, or choose one. It takes the place of what is typed."
          accept={ENDINGS.join(',')}
          disabled={job.isRunning}
          onFiles={([file]) => read(() => Promise.resolve(file))}
        />
        <div class="stack">
          <FolderChoice endings={ENDINGS} disabled={job.isRunning} onFile={read} />
          <Select
            label="What tells the classes"
            value={encoder}
            disabled={job.isRunning}
            options={ENCODERS}
            onInput={(next) => setEncoder(next as Encoder)}
          />
        </div>
      </div>
      <div class="row">
        <Button primary onClick={train} disabled={job.isRunning || total < 4}>
          Train on {total} examples
        </Button>
        <Button onClick={job.stop} disabled={!job.isRunning}>
          Stop
        </Button>
        <span class="note" role="status">
          {stage}
        </span>
      </div>
      <ErrorNote error={job.error} />
    </Card>
  );
}
