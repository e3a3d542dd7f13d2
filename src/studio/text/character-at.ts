/** What browsers without `caretPositionFromPoint` have in its place. */
interface OldDocument {
  caretRangeFromPoint?(x: number, y: number): Range | null;
}

/**
 * The place in an element's text of the character under a point of the page.
 * @returns -1 where there is none
 */
export function characterAt(element: HTMLElement, x: number, y: number): number {
  const caret = caretAt(x, y);
  if (!caret || !element.contains(caret.node) || caret.node.nodeType !== Node.TEXT_NODE) return -1;
  const text = caret.node as Text;
  // A caret stands between two characters: the point is on the one before it or the one after it.
  const offset = [caret.offset - 1, caret.offset].find((at) => isOn(text, at, x, y));
  return offset === undefined ? -1 : lengthBefore(element, text) + offset;
}

function caretAt(x: number, y: number): { node: Node; offset: number } | undefined {
  if ('caretPositionFromPoint' in document) {
    const found = document.caretPositionFromPoint(x, y);
    return found ? { node: found.offsetNode, offset: found.offset } : undefined;
  }
  const found = (document as OldDocument).caretRangeFromPoint?.(x, y);
  return found ? { node: found.startContainer, offset: found.startOffset } : undefined;
}

function isOn(text: Text, at: number, x: number, y: number): boolean {
  if (at < 0 || at >= text.length) return false;
  const range = document.createRange();
  range.setStart(text, at);
  range.setEnd(text, at + 1);
  return [...range.getClientRects()].some(
    ({ left, right, top, bottom }) => x >= left && x <= right && y >= top && y <= bottom,
  );
}

/** Of the text of an element, what stands before one of its text nodes. */
function lengthBefore(element: HTMLElement, text: Text): number {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let length = 0;
  for (let node = walker.nextNode(); node && node !== text; node = walker.nextNode()) {
    length += (node as Text).length;
  }
  return length;
}
