import { SeqkitError } from '../base/errors.js';

/** @throws SeqkitError `usage` for a name that is no picture's */
export function checkPictureName(option: string, path: string): void {
  if (/\.(svg|png)$/i.test(path)) return;
  throw new SeqkitError(`${option} takes a name that ends in .svg or .png, not ${path}.`, { code: 'usage' });
}

/**
 * Draws a picture into a file, as SVG or PNG by its name.
 *
 * @throws SeqkitError `engine` where a package that draws is missing; `bad-value` where there is too much to draw;
 *   `file-exists` without `force`
 */
export async function writePicture(path: string, force: boolean, svg: () => Promise<string>): Promise<void> {
  const { MissingPackage, svgToPng } = await import('../report/drawing.js');
  const { writeFileAtomic } = await import('../base/host/files.js');
  let picture: string | Uint8Array;
  try {
    picture = await svg();
    if (/\.png$/i.test(path)) picture = await svgToPng(picture);
  } catch (error) {
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
