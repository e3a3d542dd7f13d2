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
    about: 'Add and subtract meanings: king − man + woman. Neighbours, and a map.',
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
];

/** The first page, with a card for each screen. */
export const HomeScreen = (): ReturnType<typeof Home> => <Home screens={screens} />;
