import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';
import { pureStatements } from '../../scripts/page-build/pure-statements.mjs';

const MODULE = `
const made = [];
function make(name) { made.push(name); return { name, table: { name } }; }
const schema = make('schema');
const spread = { ...schema.table, list: [make('inner')] };
const plain = 7, twice = make('twice').name + plain;
const { name } = make('taken apart');
class Kept { static { made.push('Kept'); } static count = make('count').name; value() { return plain; } }
class Plain extends Kept { value() { return super.value() + 1; } }
export { Kept, made, name, Plain, schema, spread, twice };
`;

async function bundled(code: string, entry: string): Promise<string> {
  const bundle = await rolldown({
    input: 'entry',
    plugins: [
      {
        name: 'sources',
        resolveId: (id) => `\0${id}`,
        load: (id) => (id === '\0entry' ? entry : code),
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  return output[0].code;
}

it('a module does what it did, once its statements are marked', async () => {
  const run = async (code: string): Promise<Record<string, unknown>> => {
    const url = `data:text/javascript,${encodeURIComponent(code)}`;
    const { Kept, Plain, ...values } = (await import(/* @vite-ignore */ url)) as {
      Kept: new () => { value(): number };
      Plain: new () => { value(): number };
    };
    return { ...values, kept: new Kept().value(), plain: new Plain().value(), name: Plain.name };
  };
  expect(await run(pureStatements(MODULE))).toEqual(await run(MODULE));
});

it('of a module whose statements are marked, a bundle has what it uses', async () => {
  const entry = `export { twice } from 'module';`;
  // What each leaves behind: a call, the call within a list, a static block.
  for (const trace of ['"schema"', '"inner"', '"Kept"']) {
    expect(await bundled(MODULE, entry)).toContain(trace);
    expect(await bundled(pureStatements(MODULE), entry)).not.toContain(trace);
  }
  expect(await bundled(pureStatements(MODULE), `export { Plain } from 'module';`)).toContain('"Kept"');
});
