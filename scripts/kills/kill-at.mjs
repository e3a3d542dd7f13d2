// Loaded before a program (node --import): counts what it does to the disk, and ends it with SIGKILL at one of these
// moments. SEQKIT_KILL is `<number> <before|within|after>`, the operation from 1 and where in it; without it, the number
// of operations and what they were are written to the file SEQKIT_KILL_COUNT when the program ends.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const [number, moment] = (process.env.SEQKIT_KILL ?? '0 none').split(' ');
const target = Number(number);
const report = process.env.SEQKIT_KILL_COUNT;
const operations = [];
const { writeFileSync, writeSync } = fs;

function die() {
  process.kill(process.pid, 'SIGKILL');
  // The signal may take a moment to arrive.
  for (;;);
}

/** Counts an operation; `part` does a part of it, for a kill in the middle. */
function around(name, call, part) {
  operations.push(name);
  const isIt = operations.length === target;
  if (isIt && moment === 'before') die();
  if (isIt && moment === 'within' && part) {
    part();
    die();
  }
  const result = call();
  if (!isIt) return result;
  if (typeof result?.then !== 'function') die();
  return result.then(die, die);
}

/** Pieces of which the first is half written. */
async function* thenDie(pieces, descriptor) {
  for await (const piece of pieces) {
    writeSync(descriptor(), half(piece) ?? piece);
    die();
    yield piece;
  }
}

const half = (data) => {
  if (typeof data === 'string') return Buffer.from(data).subarray(0, data.length >> 1);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength >> 1)
    : undefined;
};
const writes = (flags) => typeof flags === 'string' && /[wa+]/.test(flags);

if (isMainThread) {
  for (const name of [
    'renameSync',
    'linkSync',
    'unlinkSync',
    'rmSync',
    'mkdirSync',
    'fsyncSync',
    'ftruncateSync',
    'rmdirSync',
  ]) {
    const original = fs[name];
    fs[name] = (...args) => around(name, () => original(...args));
  }
  for (const name of ['writeFileSync', 'appendFileSync']) {
    const original = fs[name];
    fs[name] = (file, data, ...rest) =>
      file === 1 || file === 2
        ? original(file, data, ...rest)
        : around(
            name,
            () => original(file, data, ...rest),
            () => original(file, half(data) ?? data, ...rest),
          );
  }
  fs.writeSync = (descriptor, data, ...rest) =>
    descriptor <= 2
      ? writeSync(descriptor, data, ...rest)
      : around(
          'writeSync',
          () => writeSync(descriptor, data, ...rest),
          () => writeSync(descriptor, half(data) ?? data),
        );
  for (const name of ['rename', 'link', 'unlink', 'rm', 'mkdir', 'rmdir', 'truncate']) {
    const original = fs.promises[name];
    fs.promises[name] = (...args) => around(name, () => original(...args));
  }
  const { writeFile, appendFile, open } = fs.promises;
  for (const [name, original] of Object.entries({ writeFile, appendFile })) {
    fs.promises[name] = (file, data, ...rest) => {
      const part = half(data);
      const descriptor = () => (typeof file === 'object' ? file.fd : fs.openSync(file, 'w'));
      if (part === undefined && target === operations.length + 1 && moment === 'within') {
        data = thenDie(data, descriptor);
      }
      const within = part === undefined ? undefined : () => writeSync(descriptor(), part);
      return around(name, () => original(file, data, ...rest), within);
    };
  }
  fs.promises.open = async (path, flags, ...rest) => {
    const handle = await (writes(flags)
      ? around('open', () => open(path, flags, ...rest))
      : open(path, flags, ...rest));
    for (const name of [
      'write',
      'writev',
      'writeFile',
      'appendFile',
      'sync',
      'datasync',
      'chmod',
      'truncate',
    ]) {
      const original = handle[name].bind(handle);
      const within = name === 'write' ? (data) => writeSync(handle.fd, half(data) ?? data) : undefined;
      handle[name] = (...args) =>
        around(`handle.${name}`, () => original(...args), within && (() => within(args[0])));
    }
    return handle;
  };
  syncBuiltinESMExports();
  if (report !== undefined) {
    process.on('exit', () => writeFileSync(report, JSON.stringify(operations)));
  }
}
