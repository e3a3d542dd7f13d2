import { SeqkitError } from '../../base/errors.js';
import { resourceError } from '../../base/resources.js';
import { checkPictureName } from './file-names.js';

/**
 * Draws a picture into a file, as SVG or PNG by its name.
 *
 * @throws SeqkitError `engine` where a package that draws is missing; `bad-value` where there is too much to draw;
 *   `file-exists` without `force`
 */
export async function writePicture(path: string, force: boolean, svg: () => Promise<string>): Promise<void> {
  const { MissingPackage } = await import('../../report/missing-package.js');
  const { svgToPng } = await import('../../report/svg-to-png.js');
  const { writeFileAtomic } = await import('../../base/host/files.js');
  let picture: string | Uint8Array;
  try {
    picture = await svg();
    if (/\.png$/i.test(path)) picture = await svgToPng(picture);
  } catch (error) {
    const lacking = resourceError(error);
    if (lacking) throw lacking;
    if (error instanceof RangeError) throw new SeqkitError(`${error.message}.`, { code: 'bad-value' });
    if (!(error instanceof MissingPackage)) throw error;
    throw new SeqkitError(error.message, {
      code: 'engine',
      hint: `Drawing needs it: ${error.install}`,
      cause: error,
    });
  }
  await writeFileAtomic(path, picture, { force });
}

/** A picture that can be drawn and written, before the work begins. */
export async function checkPicture(option: string, path: string | undefined, force: boolean): Promise<void> {
  if (path === undefined) return;
  checkPictureName(option, path);
  const { checkWritable } = await import('../../base/host/files.js');
  checkWritable(path, { force });
}
