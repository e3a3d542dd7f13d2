// A service that hears a word: node service.mjs trigger.safetensors 8080
// Post raw sound (16 bits, 16 kHz), as long as it lasts; each event comes back as a line of JSON when it is heard:
//   arecord -q -t raw -f S16_LE -r 16000 | curl -sNT - http://localhost:8080/
import { createServer } from 'node:http';
import { TriggerModel } from 'seqkit/audio';

const [file, port = '8080'] = process.argv.slice(2);
const trigger = await TriggerModel.load(file);

const server = createServer(async (request, response) => {
  const { searchParams } = new URL(request.url, 'http://localhost');
  const number = (name, otherwise) => Number(searchParams.get(name) ?? otherwise);
  try {
    const events = trigger.listen(request, {
      sampleRate: number('rate', 16_000),
      channels: number('channels', 1),
    });
    response.setHeader('Content-Type', 'application/x-ndjson');
    response.flushHeaders();
    for await (const event of events) response.write(`${JSON.stringify(event)}\n`);
    response.end();
  } catch ({ code, message, hint }) {
    if (!response.headersSent) response.statusCode = 400;
    response.end(`${JSON.stringify({ error: { code, message, hint } })}\n`);
  }
});
server.listen(Number(port), () =>
  console.log(`Listening for ${trigger.words.join(', ')} on ${server.address().port}`),
);
