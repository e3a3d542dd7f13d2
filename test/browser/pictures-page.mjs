// Draws with the browser build as a web server would serve it: imported by its address, no bundler between.
const built = (name) =>
  import(/* @vite-ignore */ new URL(`/dist/browser/${name}.js`, globalThis.location.href).href);

globalThis.draw = async () => {
  const { scatterPlotSvg, svgToPng } = await built('report');
  const points = [
    { label: 'cat', x: 0, y: 1 },
    { label: 'dog', x: 2, y: 3 },
  ];
  const svg = await scatterPlotSvg({ title: 'Pets', xTitle: 'x', yTitle: 'y', points });
  const png = await svgToPng(svg, 2);
  const image = new globalThis.Image();
  image.src = URL.createObjectURL(new globalThis.Blob([png]));
  await image.decode();
  const refused = await svgToPng('<svg').catch((error) => error.code);
  const { tuneSheet } = await built('text');
  const sheet = await tuneSheet('X:1\nT:Reel\nM:4/4\nL:1/8\nK:D\nDEFG ABcd|\n');
  return { svg, png: [image.naturalWidth, image.naturalHeight], refused, sheet };
};
