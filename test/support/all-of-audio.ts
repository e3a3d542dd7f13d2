/** Both doors of audio. */
export * from '../../src/audio/index.js';
export * from '../../src/audio/advanced.js';
