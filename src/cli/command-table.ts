import type { Command } from 'commander';

/** What a command module exports: it adds its commands, options and actions to the program. */
export interface CommandModule {
  register(program: Command): void;
}

/** Commands that stand together in `seqkit --help` and live in one module. */
export interface CommandGroup {
  readonly title: string;
  /** Imported only when one of its commands is asked for, so that every start stays quick. */
  readonly load: () => Promise<CommandModule>;
  /** Command name to its line in `seqkit --help`, in order. */
  readonly commands: Readonly<Record<string, string>>;
}

/** Every command of seqkit. A command is added here and in its module's `register`. */
export const commandGroups: readonly CommandGroup[] = [
  {
    title: 'Words',
    load: () => import('./commands/words.js'),
    commands: {
      analogy: 'a - b + c, such as king - man + woman',
      neighbors: 'the words nearest to a word',
      similarity: 'how alike two words are',
      'odd-one-out': 'the word that does not belong',
    },
  },
  {
    title: 'Trigger words',
    load: () => import('./commands/trigger.js'),
    commands: {
      'train-trigger': 'a model of your own wake word, from a folder of WAV files',
      detect: 'the times at which a recording holds the word',
    },
  },
  {
    title: 'Text',
    load: () => import('./commands/text.js'),
    commands: {
      'train-text': 'learn a text, character by character',
      'eval-text': 'how well such a model predicts a text',
    },
  },
  {
    title: 'Text',
    load: () => import('./commands/generate.js'),
    commands: { generate: 'text from such a model' },
  },
  {
    title: 'Music',
    load: () => import('./commands/music.js'),
    commands: {
      'train-music': 'learn tunes in ABC notation',
      compose: 'tunes from such a model: ABC, MIDI, sheet music or sound',
    },
  },
  {
    title: 'Models',
    load: () => import('./commands/core.js'),
    commands: {
      inspect: 'what is in a model file',
      gradcheck: 'gradients against finite differences',
    },
  },
];
