import { runApp } from './app.mjs';

globalThis.answers = runApp(async (name) => (await fetch(`/files/${name}`)).blob());
