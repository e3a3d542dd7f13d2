import { SeqkitError } from '../base/errors.js';
import { number, someText } from '../base/schema/index.js';
import { optional } from './missing-package.js';

/**
 * An SVG as PNG, in Node by resvg with the fonts of the system, in a page by the page.
 * @param scale pixels of the PNG for one of the SVG
 * @throws SeqkitError `bad-value` for what is no SVG
 * @throws MissingPackage in Node where @resvg/resvg-js, an optional package, is not installed
 */
export async function svgToPng(svg: string, scale = 2): Promise<Uint8Array> {
  someText.parse(svg, 'svgToPng: svg');
  number({ above: 0, max: 100 }).parse(scale, 'svgToPng: scale');
  const { Resvg } = await optional('@resvg/resvg-js', () => import('@resvg/resvg-js'));
  try {
    const image = new Resvg(svg, {
      fitTo: { mode: 'zoom', value: scale },
      font: { loadSystemFonts: true, sansSerifFamily: 'DejaVu Sans', defaultFontFamily: 'DejaVu Sans' },
    });
    return image.render().asPng();
  } catch (cause) {
    throw new SeqkitError(`svgToPng: the text is no SVG that can be drawn: ${(cause as Error).message}.`, {
      code: 'bad-value',
      hint: 'Give what one of the plots gave.',
      cause,
    });
  }
}
