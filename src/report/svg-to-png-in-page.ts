import { SeqkitError } from '../base/errors.js';
import { number, someText } from '../base/schema/index.js';

/** As `svgToPng` in Node, by the page itself: the browser build has it in that one's place. */
export async function svgToPng(svg: string, scale = 2): Promise<Uint8Array> {
  someText.parse(svg, 'svgToPng: svg');
  number({ above: 0, max: 100 }).parse(scale, 'svgToPng: scale');
  if (typeof document === 'undefined') {
    throw new SeqkitError('svgToPng: only a page draws SVG; a worker of it does not.', {
      code: 'engine',
      hint: 'Send the SVG to the page, and call svgToPng there.',
    });
  }
  const image = await drawn(svg);
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(image.naturalWidth * scale);
  canvas.height = Math.ceil(image.naturalHeight * scale);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const png = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (png === null) {
    throw new SeqkitError(
      `svgToPng: the page makes no picture of ${canvas.width} by ${canvas.height} pixels.`,
      { code: 'resources', hint: 'Give a smaller scale.' },
    );
  }
  return new Uint8Array(await png.arrayBuffer());
}

async function drawn(svg: string): Promise<HTMLImageElement> {
  const image = new Image();
  // A data address, since policies of pages allow images from it more often than from blobs.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  try {
    await image.decode();
    return image;
  } catch (cause) {
    throw new SeqkitError('svgToPng: the text is no SVG that the page can draw.', {
      code: 'bad-value',
      hint: 'Give what one of the plots gave, and allow img-src data: where the page has a policy for content.',
      cause,
    });
  }
}
