import type { Spec } from 'vega';
import { xmlCharacters } from '../base/encoding/xml-characters.js';

/**
 * A text as Vega takes it whatever it says. Vega looks texts up, in expressions too, among the names that every object
 * has ("constructor"), so that each is put together from two.
 */
export function literal(text: string): { signal: string } {
  const quoted = (part: string) =>
    JSON.stringify(part).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  return { signal: `${quoted(text.slice(0, 1))} + ${quoted(text.slice(1))}` };
}

/** Draws a picture as SVG with Vega. */
export async function vegaSvg(spec: Spec): Promise<string> {
  const vega = await import('vega');
  const view = new vega.View(vega.parse(spec), { renderer: 'none', logLevel: vega.Error });
  try {
    await view.runAsync();
    return xmlCharacters(await view.toSVG());
  } finally {
    view.finalize();
  }
}
