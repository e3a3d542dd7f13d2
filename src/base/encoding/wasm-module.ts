import { SeqkitError } from '../errors.js';
import { decodeBase64 } from './base64.js';

/**
 * Kernels as they come: as text in base64, or as bytes; or compiled already, in the build for hosts that compile nothing
 * at run time, such as Cloudflare's workers.
 */
export type WasmBinary = string | Uint8Array<ArrayBuffer> | WebAssembly.Module;

/** The head of a module, and all of an empty one: what no host refuses that runs any. */
const EMPTY_MODULE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/** The kernels at once; throws what the host throws. For small ones, whose users do without them if need be. */
export function wasmModule(binary: WasmBinary): WebAssembly.Module {
  const bytes = bytesOf(binary);
  return bytes instanceof Uint8Array ? new WebAssembly.Module(bytes) : bytes;
}

/** What the error says where a host cannot run some kernels. */
export interface KernelsInWords {
  /** What they are, such as `the kernels that search vectors`. */
  readonly name: string;
  /** What they need of a host that runs WebAssembly at all. */
  readonly needs: string;
  /** What can be done without them, a sentence. */
  readonly instead?: string;
}

/**
 * The kernels, compiled while others go on.
 * @param patch changes the bytes first, where there are any: those given, where bytes are
 * @throws SeqkitError `engine` that tells a host without WebAssembly, such as a page whose policy forbids it, from one
 *   that lacks what these kernels need
 */
export async function compileWasm(
  binary: WasmBinary,
  { name, needs, instead }: KernelsInWords,
  patch: (bytes: Uint8Array<ArrayBuffer>) => void = () => {},
): Promise<WebAssembly.Module> {
  const bytes = bytesOf(binary);
  if (!(bytes instanceof Uint8Array)) return bytes;
  patch(bytes);
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    const isForbidden = !(await compiles(EMPTY_MODULE));
    const hint = isForbidden
      ? "A page allows it in its Content-Security-Policy: script-src 'self' 'wasm-unsafe-eval'."
      : needs;
    throw new SeqkitError(
      isForbidden
        ? `WebAssembly is forbidden or missing here, so ${name} cannot run.`
        : `This host cannot run ${name}.`,
      { code: 'engine', hint: instead === undefined ? hint : `${hint} ${instead}`, cause },
    );
  }
}

function bytesOf(binary: WasmBinary): Exclude<WasmBinary, string> {
  return typeof binary === 'string' ? decodeBase64(binary) : binary;
}

async function compiles(bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  try {
    await WebAssembly.compile(bytes);
    return true;
  } catch {
    return false;
  }
}
