import { writeFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { pureStatements } from './pure-statements.mjs';

/**
 * Modules of dist/browser that pages load together, by the file that holds them. A bundler splits a page's code by
 * which parts need a module. Small modules that some parts need and others do not would each become a file.
 */
export const MERGED = {
  'base/ground.js':
    /^base\/(errors|edit-distance|disposal|lifetime|in-turn|schema\/.*|math\/(random|fnv1a|group-digits))\.js$/,
  'base/files.js':
    /^base\/(encoding\/(safetensors|content-digest|digest|utf8|json-keys|json-depth|finite-numbers|wrong-kind|byte-kernels|binary|byte-chunks)|source\/file-source|host\/(fetch-file|thread-support|in-turns))\.js$/,
  'base/wasm.js': /^base\/(encoding\/(wasm-module|base64)|host\/yield-to-event-loop)\.js$/,
  'rnn/known.js': /^rnn\/(engine\/engine-names|model\/(known-models|no-weights))\.js$/,
  'rnn/ground.js':
    /^rnn\/(program\/(?!dropout-bits).*|weights\/(?!constrain|penalty|activity-penalty).*|layers\/(layer|layer-options|layer-activation|inner-layer|rearrangement|symbolic-tensor|feature-axis|dense|dropout|activation)|training\/(batch-size|tokens))\.js$/,
  'rnn/layers/recurrence.js':
    /^rnn\/(cells\/(cell|cell-weights|own-cell|recurrent-product)|layers\/(recurrent|step-mask|step-dropout))\.js$/,
  'rnn/layers/gated-recurrence.js': /^rnn\/(cells\/gru-.*|layers\/gru)\.js$/,
  'rnn/layers/long-recurrence.js': /^rnn\/(cells\/lstm-.*|layers\/lstm)\.js$/,
  'rnn/model/run.js':
    /^rnn\/(graph\/(?!summary|graph-between).*|model\/(network|network-parts|stack-network|model-options|model-lifetime|model-session|model-architecture|stepper)|training\/(forward-program|kept-states|prepared-programs|program-runner|optimizers\/average-name))\.js$/,
  'rnn/model/trained.js':
    /^rnn\/(graph\/(summary|graph-between)|losses\/(loss|fitting|loss-names)|metrics\/(metric|metric-names|mean-metric)|model\/(compiled|model|sequential)|training\/(checkpoint|checkpoint-files|optimizers\/optimizer-names))\.js$/,
  'rnn/model/prediction.js':
    /^rnn\/(model\/(model-prediction|model-examples)|training\/(batched-prediction|batch-feeder|examples))\.js$/,
  'rnn/training/training.js':
    /^rnn\/(training\/(?!batch-feeder|batch-size|batched-prediction|checkpoint|examples|forward-program|input-sizes|kept-states|prepared-programs|program-runner|tokens|optimizers\/(optimizer-names|average-name)).*|losses\/(?!loss\.|fitting|loss-names).*|metrics\/(?!metric\.|metric-names|mean-metric).*|weights\/(constrain|penalty|activity-penalty)|model\/(model-training|objective))\.js$/,
  'rnn/layers/normalization.js': /^rnn\/layers\/(batch-normalization|standardize)\.js$/,
  'rnn/layers/convolution.js': /^rnn\/layers\/(conv1d|grouped-convolution|sliding|masked-rows)\.js$/,
  'rnn/layers/convolution-2d.js': /^rnn\/layers\/(conv2d|pooling-2d|band-sliding)\.js$/,
  'rnn/engine/threads.js':
    /^rnn\/engine\/wasm\/(kernel-pool|threaded-session|threaded-executable|barriers|work|worker-session)\.js$/,
  'rnn/engine/session.js':
    /^(rnn\/engine\/(choose|auto-session|devices\/processor|wasm\/(wasm-engine|session-plan|paced-session|wasm-session|wasm-executable|kernel-module|kernel-encodings?|kernel-work|gemm-encoding|sliding-encodings|linear-memory|command-list|placement))|base\/host\/(wasm-flags|packed-bytes))\.js$/,
  'audio/heard.js':
    /^audio\/(signal\/(sound-intake|features|feature-settings|spectrogram|mel|mixed-radix-fft|samples|fingerprint|resample|pcm16|append-samples|filter\/.*)|mixing\/(labels|segment-settings|synthesis-settings)|training\/training-record|detection\/(detector|trigger-settings|trigger-schema|word-detectors)|embedding\/(embedding-features|no-embedding)|trigger-description)\.js$/,
  'audio/opened.js': /^audio\/(trigger-file|trigger-network)\.js$/,
  'text/written.js':
    /^text\/(corpus\/(spelling|vocabulary|pieces|utf8|character-counts|units|byte-pairs)|model\/(text-settings|text-arguments|text-model-options)|sampling\/(?!checked-sampling|copy-check|seen-lines).*)\.js$/,
  'embeddings/asked.js':
    /^embeddings\/(vectors\/(rows|float16|word-list|word-arguments|subwords|quote|unit-vector)|search\/(search|most-similar-query|analogies|compare-words))\.js$/,
  'embeddings/formats/opened.js':
    /^embeddings\/(formats\/(read-vectors|seqkit-file|refused-options|training-start)|keyed-vectors\/open-vectors|search\/open-search|scan\/vector-memory|vectors\/host-files)\.js$/,
  'embeddings/formats/written.js':
    /^embeddings\/formats\/(write-vectors|write-seqkit-file|neighbour-files)\.js$/,
  'embeddings/evaluation/judged.js': /^embeddings\/evaluation\/(?!evaluated).*\.js$/,
  'embeddings/formats/foreign.js':
    /^(embeddings\/formats\/(foreign-vectors|text-vectors|text-layout|word2vec-binary|fasttext-binary|fasttext-model|gensim-vectors|npy-vectors|numpy-rows|growing-rows)|base\/encoding\/(npy|pickle))\.js$/,
  'embeddings/scan/scan.js': /^embeddings\/scan\/(scanner|scan-job|scan-kernels|binary)\.js$/,
};

/** Groups of which those who import a member when it is needed use little: bundlers keep all of what is so imported. */
const BY_MEMBER = new Set(['rnn/ground.js', 'rnn/layers/recurrence.js']);

const STATIC_IMPORT = /^(?:import|export)\b[^;]*?\bfrom "(\.[^"]*)";$/gm;
const DYNAMIC_IMPORT = /\bimport\("(\.[^"]*)"\)/g;
const EXPORTS = /^export \{([^}]*)\};$/m;

/**
 * Merges modules of a build: each member becomes a module that hands on what it exports from the file of its group.
 * @param codes the code of each file, by its path below `out`, as it lies there; it is changed with the files
 */
export async function mergeModules(out, codes) {
  const homes = new Map();
  for (const [target, pattern] of Object.entries(MERGED)) {
    const members = [...codes.keys()].filter((name) => pattern.test(name));
    if (members.length < 2) throw new Error(`${target} would be made of ${members.length} modules`);
    refuseWayBack(new Set(members), codes, target);
    const lists = new Map(members.map((member) => [member, exportsOf(codes.get(member)).join(', ')]));
    refuseTwice([...lists.values()], target);
    const handedOn = (list, file) =>
      list === '' ? '' : `export { ${list} } from ${JSON.stringify(file)};\n`;
    const entry = [...lists].map(([member, list]) => handedOn(list, join(out, member))).join('');
    const code = await bundled(entry, new Set(members.map((member) => join(out, member))), join(out, target));
    for (const [member, list] of lists) {
      if (!BY_MEMBER.has(target)) homes.set(member, target);
      write(member, handedOn(list, relativePath(member, target)));
    }
    write(target, code);
  }
  // What is imported when it is needed comes from its group at once: bundlers make a file of each module so imported.
  for (const [name, code] of codes) {
    const straight = code.replaceAll(DYNAMIC_IMPORT, (whole, path) => {
      const home = homes.get(posix.join(posix.dirname(name), path));
      return home === undefined ? whole : `import(${JSON.stringify(relativePath(name, home))})`;
    });
    if (straight !== code) write(name, straight);
  }

  function write(name, code) {
    codes.set(name, code);
    writeFileSync(join(out, name), code);
  }
}

/** What a module of the build exports. */
function exportsOf(code) {
  const list = EXPORTS.exec(code)?.[1] ?? '';
  return list
    .split(',')
    .map((each) => each.trim().split(' as ').at(-1))
    .filter(Boolean);
}

/** A group has one name for each thing. */
function refuseTwice(lists, target) {
  const names = lists.join(', ').split(', ');
  const twice = names.find((name, i) => name !== '' && names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`${target} would export ${twice} twice`);
}

/** A group that others stand between would import them and be imported by them. */
function refuseWayBack(members, codes, target) {
  const leads = new Map();
  const leadsBack = (name) => {
    if (members.has(name)) return true;
    if (!leads.has(name)) {
      leads.set(name, false);
      leads.set(name, importsOf(name, codes).some(leadsBack));
    }
    return leads.get(name);
  };
  for (const member of members) {
    for (const imported of importsOf(member, codes)) {
      if (!members.has(imported) && leadsBack(imported)) {
        throw new Error(
          `${target}: ${member} imports ${imported}, which is none of it and imports others of it`,
        );
      }
    }
  }
}

function importsOf(name, codes) {
  return [...(codes.get(name) ?? '').matchAll(STATIC_IMPORT)].map(([, path]) =>
    posix.join(posix.dirname(name), path),
  );
}

/** The members as one module; it imports the others from where they are. */
async function bundled(entry, members, file) {
  const ENTRY = '\0merged';
  const bundle = await rolldown({
    input: ENTRY,
    platform: 'browser',
    plugins: [
      {
        name: 'merged',
        resolveId(id, importer) {
          if (id === ENTRY || members.has(id)) return id;
          const path = resolve(dirname(importer), id);
          if (members.has(path)) return path;
          const from = relative(dirname(file), path).replaceAll('\\', '/');
          return { id: from.startsWith('.') ? from : `./${from}`, external: true };
        },
        load: (id) => (id === ENTRY ? entry : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  await bundle.close();
  return pureStatements(output[0].code);
}

function relativePath(from, to) {
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
}
