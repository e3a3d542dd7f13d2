// The packages that are bundled into what is published, with what seqkit uses of each, and their licences.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** For each package a module that exports what is used. */
export const bundledPackages = {
  '@bjorn3/browser_wasi_shim':
    "export { File, OpenFile, PreopenDirectory, WASI } from '@bjorn3/browser_wasi_shim';",
  '@bufbuild/protobuf': "export { create, fromBinary, toBinary } from '@bufbuild/protobuf';",
  '@bufbuild/protobuf/codegenv2':
    "export { enumDesc, fileDesc, messageDesc } from '@bufbuild/protobuf/codegenv2';",
  '@hono/node-server': "export { createAdaptorServer } from '@hono/node-server';",
  abcjs: "export { default } from 'abcjs';",
  fflate: "export { unzipSync } from 'fflate';",
  'fft.js': "export { default } from 'fft.js';",
  flatbuffers: "export { Builder } from 'flatbuffers';",
  'gpu.js': "export { default } from 'gpu.js';",
  hono: "export { Hono } from 'hono';",
  'hono/cors': "export { cors } from 'hono/cors';",
  'hono/html': "export { html } from 'hono/html';",
  jsfive: "export { Dataset, File, Group } from 'jsfive';",
  meyda: "export { default } from 'meyda';",
  'midi-file': "export { parseMidi, writeMidi } from 'midi-file';",
  'umap-js': "export { UMAP } from 'umap-js';",
  vega: "export { Error, View, parse } from 'vega';",
  wavefile: "export { WaveFile } from 'wavefile';",
  yaml: "export { parse } from 'yaml';",
};

/** The packages that are bundled into the page of the studio alone. */
export const studioPackages = ['@tanstack/virtual-core', 'preact'];

/**
 * The licences of the packages that modules come from, each once.
 * @param {readonly string[]} modules paths of modules that a bundle holds
 */
export function licencesOf(modules) {
  const folders = new Set(modules.map(packageFolder).filter(Boolean));
  const found = new Map();
  for (const folder of folders) {
    const { name, version, license, author, homepage } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    if (typeof license !== 'string') throw new Error(`${name} does not say its licence`);
    const written = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
    const by = typeof author === 'string' ? author : author?.name;
    found.set(`${name} ${version}`, [
      `${name} ${version} (${license})`,
      ...(homepage ? [homepage] : []),
      '',
      written || `Copyright ${by ?? `the authors of ${name}`}, under the ${license} licence.`,
    ]);
  }
  const parts = [...found].sort(([a], [b]) => a.localeCompare(b)).map(([, lines]) => lines.join('\n'));
  const head =
    'The code of these packages is part of the files in this folder. Each is under its own licence.';
  return { text: `${[head, ...parts].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`, packages: found.size };
}

/** The folder of the package that a module is of; undefined for modules that are no package's. */
function packageFolder(id) {
  const path = id.replace(/^\0/, '').replace(/\?.*$/, '');
  if (!path.includes('node_modules')) return undefined;
  for (let folder = dirname(path); folder.includes('node_modules'); folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).version) return folder;
  }
  return undefined;
}
