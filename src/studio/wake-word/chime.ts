import { player } from '../parts/sound-player.js';
import { announce } from '../state/announce.js';
import { shownError } from '../state/shown-error.js';

const RATE = 44_100;

/** Two short notes: the word was heard. */
export async function chime(): Promise<void> {
  try {
    const tone = new Float32Array(Math.round(0.24 * RATE)).map((_, i) => {
      const seconds = i / RATE;
      const hz = seconds < 0.12 ? 880 : 1320;
      return 0.2 * Math.sin(2 * Math.PI * hz * seconds) * Math.exp(-((seconds % 0.12) * 20));
    });
    await player.play(tone, RATE);
  } catch (error) {
    announce(shownError(error).message);
  }
}
