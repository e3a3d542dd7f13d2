import { useEffect, useState } from 'preact/hooks';
import type { Chatbot } from '../../tasks/index.js';
import { ModelFile } from '../parts/model-file.js';
import { Card, ErrorNote, Screen } from '../parts/parts.js';
import { keep, kept } from '../state/store.js';
import { useJob } from '../state/use-job.js';
import { Chat } from './chat.js';
import { IntentsCard } from './intents-card.js';

const KEY = 'chatbot/model';

/** A chatbot: phrases and answers in, a bot out that says what it is not for. */
export function ChatbotScreen() {
  const training = useJob('The bot is trained.');
  const opening = useJob('The bot is open.');
  const [bot, setBot] = useState<Chatbot>();
  const take = (next: Chatbot): void =>
    setBot((before) => {
      before?.dispose();
      return next;
    });
  const open = (load: () => Promise<Blob | Uint8Array>): void =>
    opening.run(async () => {
      const { Chatbot } = await import('../../tasks/index.js');
      const opened = await Chatbot.load(await load());
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
      title="Chatbot"
      lead="A bot that answers what you gave it phrases for, and says so where it is not meant."
    >
      <IntentsCard
        job={training}
        onBot={(trained) => {
          take(trained);
          void keep(KEY, trained.toBytes());
        }}
      />
      {bot && <Chat bot={bot} />}
      <Card title="The bot" note="The file works with seqkit chat, and in code with Chatbot.load.">
        <ModelFile
          name="chatbot.safetensors"
          bytes={bot && (() => bot.toBytes())}
          disabled={training.isRunning || opening.isRunning}
          onOpen={open}
        />
        <ErrorNote error={opening.error} />
      </Card>
    </Screen>
  );
}
