import { fileURLToPath } from 'node:url';
import { fileBeside } from './platform.js';

/**
 * The path of a file that comes with the package, whether this runs from `dist` or from `src`.
 * @param relative from the package's folder, such as `data/vectors/words.safetensors`
 */
export function packageFile(relative: string): string {
  return fileURLToPath(fileBeside(import.meta.url, `../../../${relative}`));
}
