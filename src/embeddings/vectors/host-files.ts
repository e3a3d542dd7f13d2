import { SeqkitError } from '../../base/errors.js';

/**
 * The files of the platform; a browser has none.
 * @param instead what to do in a browser once the file is fetched
 */
export async function hostFiles(instead: string): Promise<typeof import('../../base/host/files.js')> {
  try {
    return await import('../../base/host/files.js');
  } catch (error) {
    throw new SeqkitError('Files cannot be opened by their path here.', {
      code: 'file-access',
      hint: `In a browser, fetch the file and ${instead}.`,
      cause: error,
    });
  }
}
