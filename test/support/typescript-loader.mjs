// Lets threads that a test starts run our sources: given to node as --import. Vitest itself
// translates what it imports, but a thread is Node's own.

import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
