import type { Chatbot } from '../../tasks/index.js';
import { download } from '../files/files.js';
import { FolderChoice } from '../parts/folder-choice.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { TextArea, TextField } from '../parts/field.js';
import { FilePicker } from '../parts/file-picker.js';
import { Card } from '../parts/screen.js';
import type { Job } from '../state/use-job.js';
import { useKept } from '../state/use-kept.js';
import { linesOf } from '../classifier/columns.js';
import { FIRST_BOT, intentsOf, isBot, typedBot, type TypedBot, type TypedIntent } from './intents.js';

/** What the bot is for: what users may want, phrases for it, and answers. */
export function IntentsCard({ job, onBot }: { job: Job; onBot: (bot: Chatbot) => void }) {
  const [typed, setTyped] = useKept<TypedBot>('chatbot/intents', FIRST_BOT, isBot);
  const { intents, fallback } = typed;
  const change = (at: number, changed: Partial<TypedIntent>): void =>
    setTyped({
      ...typed,
      intents: intents.map((intent, index) => (index === at ? { ...intent, ...changed } : intent)),
    });
  const read = (open: () => Promise<File>): void =>
    job.run(async () => {
      const { readIntents } = await import('../../tasks/index.js');
      setTyped(typedBot(await readIntents(await open())));
    });
  const train = (): void =>
    job.run(async () => {
      const { Chatbot } = await import('../../tasks/index.js');
      onBot(await Chatbot.train(intentsOf(typed), { vectors: false, seed: 1 }));
    });
  return (
    <Card
      title="What it is for"
      note="For each thing that users may want: phrases they may use, and your answers."
      wide
    >
      <div class="intents">
        {intents.map(({ tag, patterns, responses }, index) => (
          <fieldset key={index}>
            <legend class="unseen">Intent {index + 1}</legend>
            <div class="stack">
              <TextField
                label={`Intent ${index + 1}`}
                value={tag}
                disabled={job.isRunning}
                onInput={(next) => change(index, { tag: next })}
              />
              <Button
                quiet
                label={`Remove ${tag || `intent ${index + 1}`}`}
                disabled={job.isRunning || intents.length <= 2}
                onClick={() => setTyped({ ...typed, intents: intents.filter((_, at) => at !== index) })}
              >
                Remove
              </Button>
            </div>
            <TextArea
              label="Users write"
              value={patterns}
              rows={5}
              disabled={job.isRunning}
              hint={`${linesOf(patterns).length} phrases`}
              onInput={(next) => change(index, { patterns: next })}
            />
            <TextArea
              label="The bot answers"
              value={responses}
              rows={5}
              disabled={job.isRunning}
              hint="One a line; they take turns."
              onInput={(next) => change(index, { responses: next })}
            />
          </fieldset>
        ))}
      </div>
      <div class="row">
        <Button
          quiet
          disabled={job.isRunning}
          onClick={() =>
            setTyped({ ...typed, intents: [...intents, { tag: '', patterns: '', responses: '' }] })
          }
        >
          Add an intent
        </Button>
        <Button
          quiet
          onClick={() =>
            download('intents.json', `${JSON.stringify(intentsOf(typed), null, 2)}\n`, 'application/json')
          }
        >
          Save intents.json
        </Button>
      </div>
      <TextArea
        label="To anything else it says"
        value={fallback}
        rows={2}
        disabled={job.isRunning}
        onInput={(next) => setTyped({ ...typed, fallback: next })}
      />
      <div class="columns">
        <FilePicker
          label="Or drop an intents.json here, Rasa's YAML, or a corpus of node-nlp. It takes the place of what is typed."
          accept=".json,.yml,.yaml"
          disabled={job.isRunning}
          onFiles={([file]) => read(() => Promise.resolve(file))}
        />
        <div class="stack">
          <FolderChoice endings={['.json', '.yml', '.yaml']} disabled={job.isRunning} onFile={read} />
        </div>
      </div>
      <div class="row">
        <Button primary onClick={train} disabled={job.isRunning}>
          {job.isRunning ? 'Training …' : 'Train the bot'}
        </Button>
      </div>
      <ErrorNote error={job.error} />
    </Card>
  );
}
