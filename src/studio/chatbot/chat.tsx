import { useEffect, useRef, useState } from 'preact/hooks';
import type { Chatbot } from '../../tasks/index.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { TextField } from '../parts/field.js';
import { Card } from '../parts/screen.js';
import { useJob } from '../state/use-job.js';

interface Message {
  readonly isUser: boolean;
  readonly text: string;
  /** What the bot made of the message before it. */
  readonly meant?: string;
}

const percent = (share: number): string => `${Math.round(100 * share)}%`;

/** Talks with the bot, and shows what it made of each message. */
export function Chat({ bot }: { bot: Chatbot }) {
  const job = useJob();
  const [session] = useState(() => bot.session());
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const [typed, setTyped] = useState('');
  const log = useRef<HTMLDivElement>(null);
  useEffect(() => log.current?.scrollTo({ top: log.current.scrollHeight }), [messages]);
  const send = (): void =>
    job.run(async () => {
      const text = typed.trim();
      if (text === '') return;
      setTyped('');
      setMessages((before) => [...before, { isUser: true, text }]);
      const { reply, intent, confidence } = await session.reply(text);
      const meant = intent === null ? 'not what it is for' : `${intent}, ${percent(confidence)}`;
      setMessages((before) => [...before, { isUser: false, text: reply || '(no answer)', meant }]);
    });
  const { answeredRightly, foreign, phrases } = bot.figures;
  return (
    <Card title="Talk with it">
      <div class="messages" ref={log} role="log" aria-label="The conversation" tabIndex={0}>
        <ol>
          {messages.length === 0 && <li class="note">Write to it as a user would.</li>}
          {messages.map(({ isUser, text, meant }, index) => (
            <li key={index} class={isUser ? 'from-user' : 'from-bot'}>
              <span class="unseen">{isUser ? 'You: ' : 'Bot: '}</span>
              <span class="bubble">{text}</span>
              {meant !== undefined && <span class="note">{meant}</span>}
            </li>
          ))}
        </ol>
      </div>
      <form
        class="say"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <TextField label="Your message" value={typed} onInput={setTyped} />
        <Button primary type="submit" disabled={job.isRunning}>
          Send
        </Button>
      </form>
      <ErrorNote error={job.error} />
      <p class="note">
        Of {phrases} phrases, each kept from it once, it answered {percent(answeredRightly)} rightly; it
        refused {percent(foreign.refused)} of {foreign.messages} messages on other subjects.
      </p>
    </Card>
  );
}
