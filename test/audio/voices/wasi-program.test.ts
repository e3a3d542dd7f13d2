import binaryen from 'binaryen';
import { beforeAll, describe, expect, it } from 'vitest';
import { WasiProgram } from '../../../src/audio/voices/engines/wasi-program.js';

/**
 * A program that writes its arguments, each ended by a zero, to stdout and to the file `out`, of which it then overwrites
 * the second byte with `!`; with three arguments or more it ends with status 3.
 */
const PROGRAM = `(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 900) "out!")
  (func (export "_start")
    (drop (call $sizes (i32.const 0) (i32.const 4)))
    (drop (call $args (i32.const 100) (i32.const 1000)))
    (i32.store (i32.const 16) (i32.const 1000))
    (i32.store (i32.const 20) (i32.load (i32.const 4)))
    (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 8)))
    (drop (call $open (i32.const 3) (i32.const 0) (i32.const 900) (i32.const 3) (i32.const 9) (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 32)))
    (drop (call $write (i32.load (i32.const 32)) (i32.const 16) (i32.const 1) (i32.const 8)))
    (drop (call $seek (i32.load (i32.const 32)) (i64.const 1) (i32.const 0) (i32.const 40)))
    (i32.store (i32.const 16) (i32.const 903))
    (i32.store (i32.const 20) (i32.const 1))
    (drop (call $write (i32.load (i32.const 32)) (i32.const 16) (i32.const 1) (i32.const 8)))
    (drop (call $close (i32.load (i32.const 32))))
    (if (i32.gt_u (i32.load (i32.const 0)) (i32.const 2)) (then (call $exit (i32.const 3))))))`;

let bytes: Uint8Array;
beforeAll(() => {
  const module = binaryen.parseText(PROGRAM);
  bytes = module.emitBinary();
  module.dispose();
});

describe('WasiProgram', () => {
  it('gives a program its arguments, and keeps what it writes', async () => {
    const program = await WasiProgram.open('say', bytes);
    const { stdout, files } = await program.run(['hello']);
    expect(stdout).toBe('say\0hello\0');
    expect(new TextDecoder().decode(files.get('out'))).toBe('s!y\0hello\0');
    // Each run begins anew.
    expect((await program.run(['you'])).stdout).toBe('say\0you\0');
    // Of two bytes.
    expect((await program.run(['é'])).stdout).toBe('say\0é\0');
  });

  it('reports a status other than 0, and what is no program', async () => {
    const program = await WasiProgram.open('say', bytes);
    await expect(program.run(['a', 'b'])).rejects.toMatchObject({
      code: 'engine',
      message: expect.stringContaining('status 3'),
    });
    await expect(WasiProgram.open('say', new Uint8Array(9))).rejects.toMatchObject({ code: 'bad-file' });
  });
});
