import { readFile } from 'node:fs/promises';
import { runApp } from '../../src/app.mjs';

export const dynamic = 'force-dynamic';

export async function GET() {
  return Response.json(await runApp(async (name) => new Uint8Array(await readFile(`files/${name}`))));
}
