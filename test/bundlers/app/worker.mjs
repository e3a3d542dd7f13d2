// A worker of Cloudflare's, with the files as bindings.
import { inference, runApp } from './app.mjs';

export default {
  async fetch(request, files) {
    return Response.json(await runApp(async (name) => new Blob([files[name]]), inference));
  },
};
