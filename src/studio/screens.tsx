import type { ComponentType } from 'preact';
import { Home } from './home/home.js';
import { lazy } from './parts/lazy.js';

/** A screen of the studio. */
export interface StudioScreen {
  /** In the address: `#/words`. */
  readonly place: string;
  readonly name: string;
  /** What it is for, on the first page. */
  readonly about: string;
  /** Of its picture, in 24 by 24. */
  readonly icon: string;
  readonly Screen: ComponentType;
}

export const screens: readonly StudioScreen[] = [
  {
    place: 'words',
    name: 'Words',
    about: 'Add and subtract meanings: king − man + woman. A map, and vectors of your own text.',
    icon: 'M4 18l4-12 4 12M5.5 14h5M14 9h6M14 14h6M14 19h4',
    Screen: lazy(async () => (await import('./words/words-screen.js')).WordsScreen),
  },
  {
    place: 'text',
    name: 'Text',
    about: 'Train on a text of yours and have the network write on, more or less daringly.',
    icon: 'M5 4h14v16H5zM8.5 8.5h7M8.5 12h7M8.5 15.5h4',
    Screen: lazy(async () => (await import('./text/text-screen.js')).TextScreen),
  },
  {
    place: 'tunes',
    name: 'Tunes',
    about: 'Train on tunes in ABC or MIDI, then compose: sheet music, sound and files.',
    icon: 'M9 18V6l10-2v12M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM19 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z',
    Screen: lazy(async () => (await import('./tunes/tunes-screen.js')).TunesScreen),
  },
  {
    place: 'wake-word',
    name: 'Wake word',
    about: 'Record a word, train a model that hears it, try it live and take it with you.',
    icon: 'M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21',
    Screen: lazy(async () => (await import('./wake-word/wake-word-screen.js')).WakeWordScreen),
  },
  {
    place: 'classifier',
    name: 'Classifier',
    about: 'Type examples of each class, or drop a table; see what it mistakes and why.',
    icon: 'M4 5h7v6H4zM13 5h7v6h-7zM4 13h7v6H4zM13 13h7v6h-7z',
    Screen: lazy(async () => (await import('./classifier/classifier-screen.js')).ClassifierScreen),
  },
  {
    place: 'tagger',
    name: 'Tagger',
    about: 'Mark names, places or days in examples; it finds them in any text, in colours.',
    icon: 'M3 12V4h8l10 10-8 8zM7.5 8h.01',
    Screen: lazy(async () => (await import('./tagger/tagger-screen.js')).TaggerScreen),
  },
  {
    place: 'seq2seq',
    name: 'Seq2Seq',
    about: 'Turn one text into another: words into digits, dates into dates. See where it looked.',
    icon: 'M4 6h8M4 11h5M4 16h8M15 8h5M15 13h5M15 18h5M12 6l3 2M9 11l6 2M12 16l3 2',
    Screen: lazy(async () => (await import('./seq2seq/seq2seq-screen.js')).Seq2SeqScreen),
  },
  {
    place: 'chatbot',
    name: 'Chatbot',
    about: 'Phrases and answers in, a bot out that knows what it is not for.',
    icon: 'M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2zM8 11h.01M12 11h.01M16 11h.01',
    Screen: lazy(async () => (await import('./chatbot/chatbot-screen.js')).ChatbotScreen),
  },
  {
    place: 'inside',
    name: 'Inside',
    about: 'A cell read letter by letter: its gates, its memory, and gradients that vanish or stay.',
    icon: 'M5 7h4v10H5zM10 12h4M15 7h4v10h-4zM7 4v3M17 17v3',
    Screen: lazy(async () => (await import('./inside/inside-screen.js')).InsideScreen),
  },
];

/** The first page, with a card for each screen. */
export const HomeScreen = (): ReturnType<typeof Home> => <Home screens={screens} />;
