import type { Chatbot } from '../../tasks/index.js';
import { ModelFile } from '../parts/model-file.js';
import { Card, Screen } from '../parts/screen.js';
import { useJob } from '../state/use-job.js';
import { useModel } from '../state/use-model.js';
import { Chat } from './chat.js';
import { IntentsCard } from './intents-card.js';

async function load(from: Blob | Uint8Array): Promise<Chatbot> {
  const { Chatbot } = await import('../../tasks/index.js');
  return Chatbot.load(from);
}

/** A chatbot: phrases and answers in, a bot out that says what it is not for. */
export function ChatbotScreen() {
  const training = useJob('The bot is trained.');
  const { current, take, ...file } = useModel('chatbot/model', load, { opened: 'The bot is open.' });
  return (
    <Screen
      title="Chatbot"
      lead="A bot that answers what you gave it phrases for, and says so where it is not meant."
    >
      <IntentsCard job={training} onBot={take} />
      {current && <Chat key={current.id} bot={current.model} />}
      <Card title="The bot" note="The file works with seqkit chat, and in code with Chatbot.load.">
        <ModelFile
          name="chatbot.safetensors"
          page="chat"
          title="Chatbot"
          model={current?.model}
          isBusy={training.isRunning}
          {...file}
        />
      </Card>
    </Screen>
  );
}
