import { builtinModules } from 'node:module';
import path from 'node:path';
import ts from 'typescript';

/** Source files by their path from the repository's top, such as `src/base/math/random.ts`. */
export type Sources = ReadonlyMap<string, string>;

/** One import: which file asks for what, and the file of ours that it means, if it is one. */
interface Import {
  readonly from: string;
  readonly specifier: string;
  readonly to: string | undefined;
}

/** The rooms of `src`, each with the rooms it may import besides itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  report: ['base'],
  base: [],
  rnn: ['base', 'report'],
  embeddings: ['base', 'report'],
  text: ['rnn', 'base', 'report'],
  audio: ['rnn', 'base', 'report'],
  tasks: ['text', 'embeddings', 'audio', 'rnn', 'base', 'report'],
  exchange: ['tasks', 'text', 'embeddings', 'audio', 'rnn', 'base', 'report'],
  server: ['tasks', 'text', 'embeddings', 'audio', 'rnn', 'base', 'report'],
  studio: ['exchange', 'tasks', 'text', 'embeddings', 'audio', 'rnn', 'base', 'report'],
  cli: ['studio', 'exchange', 'server', 'tasks', 'text', 'embeddings', 'audio', 'rnn', 'base', 'report'],
  // src/index.ts, the public door.
  '': ['tasks', 'text', 'embeddings', 'audio', 'rnn', 'base', 'report'],
};

/** The only places that may name Node's modules. */
const platformPlaces = ['src/base/host/', 'src/rnn/engine/devices/', 'src/cli/'];

/** Packages and the places that may import them. */
const packagePlaces: Readonly<Record<string, readonly string[]>> = {
  commander: ['src/cli/'],
  'gpu.js': ['src/rnn/engine/gpu/'],
  webgpu: ['src/rnn/engine/devices/'],
  wavefile: ['src/audio/'],
  meyda: ['src/audio/'],
  'fft.js': ['src/audio/'],
  '@bjorn3/browser_wasi_shim': ['src/audio/voices/engines/'],
  abcjs: ['src/text/music/'],
  'midi-file': ['src/text/music/midi/'],
  vega: ['src/report/'],
  '@resvg/resvg-js': ['src/report/'],
  'umap-js': ['src/embeddings/'],
  yaml: ['src/tasks/chatbot/'],
  '@bufbuild/protobuf': ['src/exchange/onnx/'],
  '@bufbuild/protobuf/codegenv2': ['src/exchange/onnx/'],
  flatbuffers: ['src/exchange/tflite/'],
  jsfive: ['src/exchange/keras/'],
  fflate: ['src/exchange/keras/'],
  hono: ['src/server/'],
  'hono/cors': ['src/server/'],
  'hono/html': ['src/server/'],
  '@hono/node-server': ['src/cli/server/'],
  '@tanstack/virtual-core': ['src/studio/'],
  preact: ['src/studio/'],
  'preact/hooks': ['src/studio/'],
};

const engines = ['reference', 'wasm', 'gpu'].map((name) => `src/rnn/engine/${name}/`);

/** What may name a concrete engine: the module that chooses among them, and the door to the judge of all. */
const engineChoice = 'src/rnn/engine/choose.ts';
const engineDoors = [engineChoice, 'src/rnn/engine/reference-session.ts'];

/** Every breach of the import rules of `docs/architecture.md`, one line each. */
export function importViolations(sources: Sources): string[] {
  const imports = [...sources].flatMap(([file, source]) => importsOf(file, source, sources));
  return [
    ...imports.flatMap(breaches),
    ...cycles(fileArrows(imports, sources)),
    ...cycles(folderArrows(imports)),
  ];
}

function importsOf(file: string, source: string, sources: Sources): Import[] {
  const found = ts.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => fileName);
  // A worker's module is named by `new URL('./worker.js', import.meta.url)`.
  for (const match of source.matchAll(/new URL\(\s*['"](\.[^'"]*\.js)['"]\s*,\s*import\.meta\.url/g)) {
    found.push(match[1]);
  }
  return found.map((specifier) => ({ from: file, specifier, to: resolve(file, specifier, sources) }));
}

function resolve(from: string, specifier: string, sources: Sources): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const target = path.posix.join(path.posix.dirname(from), specifier);
  return ['.ts', '.tsx'].map((ending) => target.replace(/\.js$/, ending)).find((file) => sources.has(file));
}

function breaches(link: Import): string[] {
  const { from, specifier, to } = link;
  const found: string[] = [];
  const breach = (rule: string): void => void found.push(`${from} imports ${to ?? specifier}: ${rule}`);
  const isIn = (places: readonly string[]): boolean => places.some((place) => from.startsWith(place));

  if (to === undefined) {
    if (specifier.startsWith('.')) {
      // package.json and generated files are not among the sources.
      if (!/(package\.json|\/binary\.js|\.\/seqkit-work(er|let)\.js)$/.test(specifier))
        breach('there is no such file');
      return found;
    }
    const isNodes = specifier.startsWith('node:') || builtinModules.includes(specifier);
    if (isNodes && !isIn(platformPlaces)) breach(`Node's modules belong in ${platformPlaces.join(', ')}`);
    const places = packagePlaces[specifier];
    if (places && !isIn(places)) breach(`this package belongs in ${places.join(', ')}`);
    return found;
  }

  const [fromRoom, toRoom] = [roomOf(from), roomOf(to)];
  const allowed = mayImport[fromRoom];
  if (!allowed) breach(`no rule for the room src/${fromRoom}`);
  else if (fromRoom !== toRoom && !allowed.includes(toRoom)) breach('against the flow');

  const engine = engines.find((place) => to.startsWith(place));
  if (engine !== undefined && !from.startsWith(engine) && !engineDoors.includes(from)) {
    breach(`only ${engineChoice} may name a concrete engine`);
  }
  return found;
}

/** `src/base/math/random.ts` is in the room `rnn`, `src/index.ts` in the room ``. */
function roomOf(file: string): string {
  const [, room, ...rest] = file.split('/');
  return rest.length === 0 ? '' : room;
}

/** What imports what. */
type Arrows = ReadonlyMap<string, ReadonlySet<string>>;

function fileArrows(imports: readonly Import[], sources: Sources): Arrows {
  const arrows = new Map([...sources.keys()].map((file) => [file, new Set<string>()]));
  for (const { from, to } of imports) if (to !== undefined) arrows.get(from)!.add(to);
  return arrows;
}

/** Folders hold one subject each and have an order too: a folder does not import one that leads back to it. */
function folderArrows(imports: readonly Import[]): Arrows {
  const arrows = new Map<string, Set<string>>();
  for (const { from, to } of imports) {
    if (to === undefined) continue;
    const [fromFolder, toFolder] = [path.posix.dirname(from), path.posix.dirname(to)];
    if (fromFolder === toFolder) continue;
    if (!arrows.has(fromFolder)) arrows.set(fromFolder, new Set());
    arrows.get(fromFolder)!.add(toFolder);
  }
  return arrows;
}

/** Each arrow that closes a cycle, with the way round. */
function cycles(arrows: Arrows): string[] {
  const found: string[] = [];
  const finished = new Set<string>();
  const trail: string[] = [];
  const visit = (place: string): void => {
    const entered = trail.indexOf(place);
    if (entered >= 0) found.push(`cycle: ${[...trail.slice(entered), place].join(' -> ')}`);
    if (entered >= 0 || finished.has(place)) return;
    trail.push(place);
    for (const target of arrows.get(place) ?? []) visit(target);
    trail.pop();
    finished.add(place);
  };
  for (const place of arrows.keys()) visit(place);
  return found;
}
