/** FNV-1a (Fowler, Noll and Vo 1991) over the UTF-16 of a text, as a signed number of 32 bits. */
export function fnv1a(text: string, start = 0x811c9dc5): number {
  let hash = start;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
