/** The few shapes that the drawings of the guide are made of. Colours are Okabe and Ito's (2008). */
export const COLORS = {
  ink: '#1b1b1f',
  faint: '#5f6368',
  blue: '#0072b2',
  green: '#009e73',
  orange: '#d55e00',
  paleBlue: '#e3f0f8',
  paleGreen: '#e0f3ec',
  paleOrange: '#fbeadd',
  paleGrey: '#f2f2f4',
};

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Text at (x, y), its base line. `options.anchor` is start, middle or end. */
export function label(x, y, text, options = {}) {
  const { size = 14, fill = COLORS.ink, anchor = 'middle', bold = false, code = false } = options;
  const family = code ? ' font-family="ui-monospace, Menlo, Consolas, monospace"' : '';
  const weight = bold ? ' font-weight="600"' : '';
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}" text-anchor="${anchor}"${weight}${family}>${escaped(text)}</text>`;
}

/** A rounded box with lines of text in its middle; the first line is bold. */
export function box(x, y, width, height, lines, options = {}) {
  const { fill = COLORS.paleGrey, stroke = COLORS.faint, size = 14 } = options;
  const step = size + 5;
  const first = y + height / 2 - ((lines.length - 1) * step) / 2 + size * 0.35;
  const texts = lines.map((line, i) =>
    label(x + width / 2, Math.round(first + i * step), line, {
      size: i === 0 ? size : size - 2,
      bold: i === 0,
      fill: i === 0 ? COLORS.ink : COLORS.faint,
    }),
  );
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" fill="${fill}" stroke="${stroke}"/>${texts.join('')}`;
}

/** A plain rectangle. */
export function cell(x, y, width, height, fill, stroke = COLORS.faint) {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}" stroke="${stroke}"/>`;
}

/** A line through points that ends in an arrow. */
export function arrow(points, options = {}) {
  const { stroke = COLORS.faint, dashed = false } = options;
  const path = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('');
  const dash = dashed ? ' stroke-dasharray="5 4"' : '';
  return `<path d="${path}" fill="none" stroke="${stroke}" stroke-width="1.5"${dash} marker-end="url(#tip)"/>`;
}

/** A whole picture. @param title what it shows, for those who cannot see it */
export function drawing(width, height, title, parts) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif" role="img">
<title>${escaped(title)}</title>
<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="${COLORS.faint}"/></marker></defs>
<rect width="${width}" height="${height}" fill="white"/>
${parts.flat(9).join('\n')}
</svg>
`;
}
