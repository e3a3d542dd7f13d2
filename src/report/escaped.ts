/** Text as XML; what it may not hold becomes a mark. */
export function escaped(given: string): string {
  return given
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/gu, (c) => (c.codePointAt(0)! > 0xffff ? c : '\ufffd'));
}
