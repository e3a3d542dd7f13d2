import type { Command } from 'commander';

/** What a command module exports: it adds its commands, options and actions to the program. */
export interface CommandModule {
  register(program: Command): void;
}

/** Commands that live in one module; groups of one title stand together in `seqkit --help`. */
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
    load: () => import('./words/words.js'),
    commands: {
      analogy: 'a - b + c, such as king - man + woman',
      neighbors: 'the words nearest to a word',
      similarity: 'how alike two words are',
      'odd-one-out': 'the word that does not belong',
    },
  },
  {
    title: 'Words',
    load: () => import('./words/word-vectors.js'),
    commands: {
      'eval-embeddings': 'how good word vectors are',
      'convert-vectors': 'from one format of vectors to another',
    },
  },
  {
    title: 'Words',
    load: () => import('./words/train-embeddings.js'),
    commands: { 'train-embeddings': 'word vectors from a text of any size' },
  },
  {
    title: 'Words',
    load: () => import('./words/plot-embeddings.js'),
    commands: { 'plot-embeddings': 'a picture of words, near where they mean alike' },
  },
  {
    title: 'Words',
    load: () => import('./words/word-bias.js'),
    commands: {
      debias: 'take a direction such as gender out of word vectors',
      'audit-bias': 'what words go with what, with a p-value',
    },
  },
  {
    title: 'Text and music',
    load: () => import('./text/text.js'),
    commands: {
      'train-text': 'learn a text, character by character',
      'eval-text': 'how well such a model predicts a text',
    },
  },
  {
    title: 'Text and music',
    load: () => import('./text/generate.js'),
    commands: { generate: 'text from such a model' },
  },
  {
    title: 'Text and music',
    load: () => import('./text/music.js'),
    commands: {
      'train-music': 'learn tunes, from ABC or MIDI files',
      compose: 'tunes from such a model: ABC, MIDI, sheet music or sound',
    },
  },
  {
    title: 'Trigger words',
    load: () => import('./clips/new-clips.js'),
    commands: {
      record: 'clips of your own voice, take by take',
      'make-clips': 'clips from text, spoken by espeak-ng',
    },
  },
  {
    title: 'Trigger words',
    load: () => import('./clips/clips.js'),
    commands: {
      'check-clips': 'what is wrong with a folder of clips',
      'show-clip': 'mix a training example again, to look at and hear',
    },
  },
  {
    title: 'Trigger words',
    load: () => import('./trigger/train-trigger.js'),
    commands: { 'train-trigger': 'a model of your own wake word, from voices, WAV files or both' },
  },
  {
    title: 'Trigger words',
    load: () => import('./trigger/detect.js'),
    commands: {
      detect: 'the times at which a recording holds the word',
    },
  },
  {
    title: 'Trigger words',
    load: () => import('./trigger/trigger-figures.js'),
    commands: {
      'eval-trigger': 'share found and false alarms per hour, with what they are worth',
      'calibrate-trigger': 'set the threshold for a rate of false alarms',
      'simulate-trigger': 'activations per hour of a long recording',
    },
  },
  {
    title: 'Trigger words',
    load: () => import('./trigger/listen.js'),
    commands: { listen: 'listen to the microphone for the word' },
  },
  {
    title: 'Trigger words',
    load: () => import('./trigger/add-embedding.js'),
    commands: { 'add-embedding': 'a pretrained network that knows what speech sounds like' },
  },
  {
    title: 'Sequence tasks',
    load: () => import('./tasks/classifier.js'),
    commands: {
      'train-classifier': 'learn to tell classes of texts, numbers or sounds',
      classify: 'the class of a text, of numbers or of a sound',
      'eval-classifier': 'how good such a model is',
    },
  },
  {
    title: 'Sequence tasks',
    load: () => import('./tasks/chatbot.js'),
    commands: {
      'train-chatbot': 'a bot of your own, from phrases for what users want',
      chat: 'talk with such a bot, or test it on dialogues',
    },
  },
  {
    title: 'Sequence tasks',
    load: () => import('./tasks/seq2seq.js'),
    commands: {
      'train-seq2seq': 'learn to write one text for another, from pairs',
      translate: 'what such a model writes for a text',
    },
  },
  {
    title: 'Sequence tasks',
    load: () => import('./tasks/tagger.js'),
    commands: {
      'train-tagger': 'learn a tag for each token, from columns',
      tag: 'the tag of each word of a text',
    },
  },
  {
    title: 'Sequence tasks',
    load: () => import('./tasks/forecast.js'),
    commands: {
      'train-forecast': 'learn to forecast a column of a table',
      forecast: 'the rows that follow, with an interval for each',
    },
  },
  {
    title: 'Models',
    load: () => import('./server/serve.js'),
    commands: { serve: 'a model of any kind over HTTP, with JSON' },
  },
  {
    title: 'Models',
    load: () => import('./studio/studio.js'),
    commands: { studio: 'a page to make, hear and see all of it in, without code' },
  },
  {
    title: 'Models',
    load: () => import('./studio/export-page.js'),
    commands: { 'export-page': 'a model in a page of its own: one HTML file to send to a friend' },
  },
  {
    title: 'Models',
    load: () => import('./models/core.js'),
    commands: {
      inspect: 'what is in a model file',
      gradcheck: 'gradients against finite differences',
    },
  },
  {
    title: 'Models',
    load: () => import('./exchange/exchange.js'),
    commands: {
      export: 'write a model or vectors for elsewhere',
      import: 'open a model from elsewhere',
    },
  },
  {
    title: 'This machine',
    load: () => import('./models/devices.js'),
    commands: {
      devices: 'what can compute here, and how fast',
    },
  },
];
