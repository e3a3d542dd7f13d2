import type { Spec } from 'vega';
import { xmlCharacters } from '../base/encoding/xml-characters.js';
import { SeqkitError } from '../base/errors.js';
import { number, shown, someText } from '../base/schema/index.js';

/** A package that is not there; `install` is the command that gets it. */
export class MissingPackage extends SeqkitError {
  constructor(
    readonly packageName: string,
    readonly install: string,
    options: ErrorOptions = {},
  ) {
    super(`The package ${shown(packageName)} is not installed.`, {
      code: 'engine',
      hint: `Install it with: ${typeof install === 'string' ? install : shown(install)}`,
      cause: options?.cause,
    });
    this.name = 'MissingPackage';
  }
}

/**
 * A text as Vega takes it whatever it says. Vega looks texts up, in expressions too, among the names that every object
 * has ("constructor"), so that each is put together from two.
 */
export function literal(text: string): { signal: string } {
  const quoted = (part: string) =>
    JSON.stringify(part).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  return { signal: `${quoted(text.slice(0, 1))} + ${quoted(text.slice(1))}` };
}

/**
 * Draws a picture as SVG with Vega.
 * @throws MissingPackage where vega, an optional package, is not installed
 */
export async function vegaSvg(spec: Spec): Promise<string> {
  const vega = await optional('vega', () => import('vega'));
  const view = new vega.View(vega.parse(spec), { renderer: 'none', logLevel: vega.Error });
  try {
    await view.runAsync();
    return xmlCharacters(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/**
 * An SVG as PNG, by resvg with the fonts of the system.
 * @param scale pixels of the PNG for one of the SVG
 * @throws SeqkitError `bad-value` for what is no SVG
 * @throws MissingPackage where @resvg/resvg-js, an optional package, is not installed
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

async function optional<Package>(name: string, load: () => Promise<Package>): Promise<Package> {
  try {
    return await load();
  } catch (cause) {
    throw new MissingPackage(name, `npm install ${name}`, { cause });
  }
}
