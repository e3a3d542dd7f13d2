import { xmlText } from '../../../base/encoding/xml-characters.js';

/** Half as wide as they are high, more or less: what a browser would measure, for layout alone. */
const NARROW = /[ .,:;!'|()[\]ijltfrI]/;
const WIDE = /[mwMW@%]/;

/** An element of a drawing: as much of the DOM as abcjs asks of its document. */
export class DrawnElement {
  readonly tagName: string;
  readonly children: (DrawnElement | string)[] = [];
  readonly style: Record<string, string> = {};
  readonly #attributes = new Map<string, string>();
  readonly classList = { add: (): void => undefined, remove: (): void => undefined };
  readonly dataset: Record<string, string> = {};
  parentNode: DrawnElement | null = null;
  clientWidth = 0;

  constructor(tagName: string) {
    this.tagName = tagName;
  }

  setAttribute(name: string, value: unknown): void {
    this.#attributes.set(name, String(value));
  }

  setAttributeNS(_space: string | null, name: string, value: unknown): void {
    if (value !== undefined) this.setAttribute(name, value);
  }

  getAttribute(name: string): string | null {
    return this.#attributes.get(name) ?? null;
  }

  removeAttribute(name: string): void {
    this.#attributes.delete(name);
  }

  hasAttribute(name: string): boolean {
    return this.#attributes.has(name);
  }

  addEventListener(): void {
    // Nobody clicks on it.
  }

  appendChild<Child extends DrawnElement | string>(child: Child): Child {
    return this.insertBefore(child, null);
  }

  append(...children: (DrawnElement | string)[]): void {
    for (const child of children) this.appendChild(child);
  }

  prepend(child: DrawnElement): void {
    this.insertBefore(child, this.firstChild);
  }

  insertBefore<Child extends DrawnElement | string>(
    child: Child,
    before: DrawnElement | string | null,
  ): Child {
    if (child instanceof DrawnElement) {
      child.parentNode?.removeChild(child);
      child.parentNode = this;
    }
    const at = before === null ? -1 : this.children.indexOf(before);
    this.children.splice(at < 0 ? this.children.length : at, 0, child);
    return child;
  }

  removeChild(child: DrawnElement): DrawnElement {
    const at = this.children.indexOf(child);
    if (at >= 0) this.children.splice(at, 1);
    child.parentNode = null;
    return child;
  }

  get parentElement(): DrawnElement | null {
    return this.parentNode;
  }

  get firstChild(): DrawnElement | string | null {
    return this.children[0] ?? null;
  }

  get textContent(): string {
    return this.children.map((child) => (typeof child === 'string' ? child : child.textContent)).join('');
  }

  set textContent(text: string) {
    this.children.splice(0, this.children.length, text);
  }

  set innerHTML(text: string) {
    this.textContent = text;
  }

  /** The first element below of that tag. */
  querySelector(tagName: string): DrawnElement | null {
    for (const child of this.children) {
      if (typeof child === 'string') continue;
      const found = child.tagName === tagName ? child : child.querySelector(tagName);
      if (found) return found;
    }
    return null;
  }

  querySelectorAll(): DrawnElement[] {
    return [];
  }

  /** An estimate, of texts alone: where letters stand is not known here. */
  getBBox(): { x: number; y: number; width: number; height: number } {
    const size = Number.parseFloat(this.getAttribute('font-size') ?? '') || 16;
    let ems = 0;
    for (const letter of this.textContent) ems += NARROW.test(letter) ? 0.3 : WIDE.test(letter) ? 0.85 : 0.52;
    return { x: 0, y: 0, width: ems * size, height: this.textContent === '' ? 0 : size * 1.2 };
  }

  /** As XML. */
  toXML(): string {
    const style = Object.entries(this.style).map(([name, value]) => `${name}: ${value};`);
    const attributes = [...this.#attributes];
    if (style.length > 0 && !this.hasAttribute('style')) attributes.push(['style', style.join(' ')]);
    const written = attributes.map(([name, value]) => ` ${name}="${xmlText(value)}"`).join('');
    const inner = this.children.map((child) => (typeof child === 'string' ? xmlText(child) : child.toXML()));
    const open = `<${this.tagName}${written}`;
    return inner.length === 0 ? `${open}/>` : `${open}>${inner.join('')}</${this.tagName}>`;
  }
}

/** As much of a `document` as abcjs asks for. */
export class DrawnDocument {
  readonly body = new DrawnElement('body');

  createElementNS(_space: string, tagName: string): DrawnElement {
    return new DrawnElement(tagName);
  }

  createElement(tagName: string): DrawnElement {
    return new DrawnElement(tagName);
  }

  createTextNode(text: string): string {
    return text;
  }

  querySelector(): DrawnElement {
    return this.body;
  }
}
