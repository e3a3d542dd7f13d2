import { number, optional, optionsSchema } from '../../../base/schema/index.js';
import { abcText } from '../notation/abc-text.js';
import { loadAbcjs, type Abcjs, type DrawnTune } from './abcjs.js';
import { DrawnDocument, DrawnElement } from './drawing.js';
import { asTune } from './playable.js';

/** The little of a page's document that is used where there is one. */
interface PageElement {
  outerHTML: string;
  style: { cssText: string };
  querySelector(selector: string): PageElement | null;
  getAttribute(name: string): string | null;
  appendChild(child: PageElement): void;
  remove(): void;
}

interface Page {
  readonly body: PageElement;
  createElement(tagName: string): PageElement;
}

/** Lines are broken anew where their bars would not fit. */
const wrap = { minSpacing: 1.4, maxSpacing: 2.8, lastLineLimit: 1 };

const widthTable = { width: optional(number({ min: 100, max: 100_000 })) };
const sheetOptions = optionsSchema<{ width?: number }>('tuneSheet', widthTable);
const cursorOptions = optionsSchema<{ width?: number }>('tuneCursor', widthTable);
const DEFAULT_WIDTH = 740;

/**
 * Sheet music of a tune in ABC, by abcjs, as one SVG file on white. abcjs draws into a document: a
 * page's own, out of sight, or where there is none, as in Node and in workers, a small one of our own
 * that stands in for as long as it draws.
 * @param options.width of the staves, in pixels, from 100 to 100,000 @default 740
 * @throws SeqkitError `bad-value` for what is no tune
 */
export async function tuneSheet(abc: string, options: { width?: number } = {}): Promise<string> {
  const { width = DEFAULT_WIDTH } = sheetOptions.parse(options);
  const { xml, across, down } = await drawn(abcText.parse(abc, 'tuneSheet: abc'), width);
  const root = xml
    .replace(/^<svg[^>]*>/, '')
    .replace(/<\/svg>$/, '')
    // Black on white, whatever the reader's colours are.
    .replaceAll('currentColor', '#000');
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${across}" height="${down}" viewBox="0 0 ${across} ${down}" fill="#000" stroke="none">
<rect width="${across}" height="${down}" fill="#fff"/>${root}</svg>
`;
}

/** Where a note stands on a tune's sheet music, and when it is played. */
export interface CursorPlace {
  /** From the beginning of the sound that `tuneSound` makes of the tune as it stands. */
  readonly seconds: number;
  /** Of the note, in pixels of the drawing. */
  readonly left: number;
  readonly width: number;
  /** Of its staff, in pixels of the drawing. */
  readonly top: number;
  readonly height: number;
}

/**
 * Where a cursor stands on the drawing of `tuneSheet` while the tune plays, note by note and rest by rest: repeats come
 * as often as they are played. By abcjs.
 * @param options.width that was given to `tuneSheet` @default 740
 * @returns places in the order of their times
 * @throws SeqkitError `bad-value` for what is no tune
 */
export async function tuneCursor(abc: string, options: { width?: number } = {}): Promise<CursorPlace[]> {
  const { width = DEFAULT_WIDTH } = cursorOptions.parse(options);
  const { tune } = await drawn(abcText.parse(abc, 'tuneCursor: abc'), width);
  return asTune('followed', () => tune.setTiming()).flatMap((event) =>
    event.type === 'event' && event.left !== null
      ? [
          {
            seconds: event.milliseconds / 1000,
            ...{ left: event.left, width: event.width, top: event.top, height: event.height },
          },
        ]
      : [],
  );
}

interface Drawn {
  xml: string;
  across: string;
  down: string;
  tune: DrawnTune;
}

async function drawn(abc: string, width: number): Promise<Drawn> {
  const abcjs = await loadAbcjs();
  const page = (globalThis as { document?: Page }).document;
  return asTune('drawn', () => (page ? drawInPage(abcjs, abc, width, page) : drawAlone(abcjs, abc, width)));
}

function drawInPage(abcjs: Abcjs, abc: string, width: number, page: Page): Drawn {
  const paper = page.createElement('div');
  paper.style.cssText = 'position: absolute; left: -10000px';
  page.body.appendChild(paper);
  try {
    const [tune] = abcjs.renderAbc(paper, abc, { staffwidth: width, wrap });
    const svg = paper.querySelector('svg')!;
    return { xml: svg.outerHTML, ...sizeOf(svg), tune };
  } finally {
    paper.remove();
  }
}

function drawAlone(abcjs: Abcjs, abc: string, width: number): Drawn {
  const global = globalThis as { document?: unknown; window?: unknown; navigator?: { userAgent?: string } };
  const standIns: [object, string, unknown][] = [];
  if (!global.document) standIns.push([global, 'document', new DrawnDocument()]);
  if (!global.window) standIns.push([global, 'window', global]);
  // WebGPU for Node may have put a navigator there that has nothing else.
  if (!global.navigator) standIns.push([global, 'navigator', { userAgent: '' }]);
  else if (global.navigator.userAgent === undefined) standIns.push([global.navigator, 'userAgent', '']);
  for (const [place, name, value] of standIns) {
    Object.defineProperty(place, name, { value, configurable: true, writable: true });
  }
  try {
    const paper = new DrawnElement('div');
    const [tune] = abcjs.renderAbc(paper, abc, { staffwidth: width, wrap });
    const svg = paper.querySelector('svg')!;
    return { xml: svg.toXML(), ...sizeOf(svg), tune };
  } finally {
    for (const [place, name] of standIns) Reflect.deleteProperty(place, name);
  }
}

function sizeOf(svg: { getAttribute(name: string): string | null }): { across: string; down: string } {
  return { across: svg.getAttribute('width') ?? '0', down: svg.getAttribute('height') ?? '0' };
}
