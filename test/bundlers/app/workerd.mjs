// Runs what `wrangler deploy --dry-run` built, in workerd.
import { Miniflare } from 'miniflare';

const names = ['vectors.txt', 'trigger.safetensors', 'text.safetensors', 'recording.wav'];
const server = new Miniflare({
  modules: true,
  modulesRules: [
    { type: 'ESModule', include: ['**/*.js'] },
    { type: 'CompiledWasm', include: ['**/*.wasm'] },
  ],
  scriptPath: 'out/workerd/worker.js',
  compatibilityDate: '2026-01-01',
  dataBlobBindings: Object.fromEntries(names.map((name) => [name, `files/${name}`])),
});
console.log(await (await server.dispatchFetch('http://app/')).text());
await server.dispose();
