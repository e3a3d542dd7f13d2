/** What no XML document may hold, not even as a reference (XML 1.0, 2.2), lone surrogates among it. */
const FORBIDDEN =
  // eslint-disable-next-line no-control-regex
  /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A text as XML writes it, between tags or as a value in double quotes. */
export function xmlText(text: string): string {
  return xmlCharacters(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** The text with a replacement character in place of each that XML forbids: such words would spoil a whole picture. */
export function xmlCharacters(text: string): string {
  return text.replaceAll(FORBIDDEN, '\ufffd');
}
