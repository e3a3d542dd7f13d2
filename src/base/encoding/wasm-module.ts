import { SeqkitError } from '../errors.js';
import { decodeBase64 } from './base64.js';

/**
 * Kernels as they come: as text in base64; or compiled already, in the build for hosts that compile nothing at run time,
 * such as Cloudflare's workers.
 */
export type WasmBinary = string | WebAssembly.Module;

/** The head of a module, and all of an empty one: what no host refuses that runs any. */
const EMPTY_MODULE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/** The kernels at once; throws what the host throws. For small ones, whose users do without them if need be. */
export function wasmModule(binary: WasmBinary): WebAssembly.Module {
  return typeof binary === 'string' ? new WebAssembly.Module(decodeBase64(binary)) : binary;
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
 * @param patch changes the bytes first, where there are any
 * @throws SeqkitError `engine` that tells a host without WebAssembly, such as a page whose policy forbids it, from one
 *   that lacks what these kernels need
 */
export async function compileWasm(
  binary: WasmBinary,
  { name, needs, instead }: KernelsInWords,
  patch: (bytes: Uint8Array<ArrayBuffer>) => void = () => {},
): Promise<WebAssembly.Module> {
  if (typeof binary !== 'string') return binary;
  const bytes = decodeBase64(binary);
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

async function compiles(bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  try {
    await WebAssembly.compile(bytes);
    return true;
  } catch {
    return false;
  }
}
