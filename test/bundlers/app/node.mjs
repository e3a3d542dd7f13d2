import { readFile } from 'node:fs/promises';
import { runApp } from './app.mjs';

const answers = await runApp(async (name) => new Uint8Array(await readFile(`files/${name}`)));
console.log(JSON.stringify(answers));
