// Learns the tunes that come with seqkit, for a moment only, and composes one that still parses.
import { readFileSync } from 'node:fs';
import { MusicModel, readTunes, tuneSheet } from 'seqkit/text';

const { tunes } = readTunes(readFileSync(new URL('../data/tunes/seqkit-tunes.abc', import.meta.url), 'utf8'));
const fiddler = new MusicModel({ cell: 'gru', units: 32, layers: 1, seed: 1 });
await fiddler.fit(tunes, { batchSize: 8, epochs: 1 });

const [tune] = await fiddler.compose({ key: 'D', meter: '6/8', title: 'The First Jig', maxBars: 8, seed: 3 });
console.log(tune.abc);
console.log(`As sheet music: ${(await tuneSheet(tune.abc)).length} characters of SVG.`);
await fiddler.dispose();
