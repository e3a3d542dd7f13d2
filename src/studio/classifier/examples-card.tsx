import type { ClassifierEvaluation, SequenceClassifier } from '../../tasks/index.js';
import { FolderChoice } from '../parts/folder-choice.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { TextArea, TextField } from '../parts/field.js';
import { FilePicker } from '../parts/file-picker.js';
import { Card } from '../parts/screen.js';
import { useJob, type Job } from '../state/use-job.js';
import { useKept } from '../state/use-kept.js';
import { ClassifierTraining } from './classifier-training.js';
import {
  columnsOf,
  examplesOf,
  FIRST_COLUMNS,
  isColumns,
  linesOf,
  type Column,
  type TextExample,
} from './columns.js';

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
  const reading = useJob('The examples are read.');
  const disabled = job.isRunning || reading.isRunning;
  const change = (at: number, changed: Partial<Column>): void =>
    setColumns(columns.map((column, index) => (index === at ? { ...column, ...changed } : column)));
  const read = (open: () => Promise<File>): void =>
    reading.run(async () => {
      const { readExamples } = await import('../../tasks/index.js');
      const file = await open();
      const format = ENDINGS.find((ending) => file.name.toLowerCase().endsWith(ending))?.slice(1) ?? 'csv';
      const examples = await readExamples(file, { format: format as 'csv' | 'tsv' | 'jsonl' });
      setColumns(columnsOf(examples as unknown as TextExample[]));
    });
  return (
    <Card title="Examples" note="One example a line, a column for each class. Ten of each are a start." wide>
      <div class="classes">
        {columns.map(({ label, examples }, index) => (
          <fieldset key={index}>
            <legend class="unseen">Class {index + 1}</legend>
            <TextField
              label={`Class ${index + 1}`}
              value={label}
              disabled={disabled}
              onInput={(next) => change(index, { label: next })}
            />
            <TextArea
              label={`Examples of ${label || 'it'}`}
              value={examples}
              rows={8}
              disabled={disabled}
              onInput={(next) => change(index, { examples: next })}
              hint={`${linesOf(examples).length} examples`}
            />
            {columns.length > 2 && (
              <Button
                quiet
                disabled={disabled}
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
          disabled={disabled}
          onClick={() => setColumns([...columns, { label: `class ${columns.length + 1}`, examples: '' }])}
        >
          Add a class
        </Button>
      </div>
      <div class="columns">
        <FilePicker
          label="Or drop a CSV with the columns text and label, or choose one. It takes the place of what is typed."
          accept={ENDINGS.join(',')}
          disabled={disabled}
          onFiles={([file]) => read(() => Promise.resolve(file))}
        />
        <FolderChoice endings={ENDINGS} disabled={disabled} onFile={read} />
      </div>
      <ErrorNote error={reading.error} />
      <ClassifierTraining job={job} examples={examplesOf(columns)} onModel={onModel} />
    </Card>
  );
}
