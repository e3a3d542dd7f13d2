// The browser build as a web server would serve it: imported by its address, no bundler between.
globalThis.built = (name) =>
  import(/* @vite-ignore */ new URL(`/dist/browser/${name}.js`, globalThis.location.href).href);
