/** What packages of ours put on the global object of a page, which is not theirs. Their modules work without it. */
const ASSIGNED = /\bwindow\.(Meyda|glWiretap)\s*=(?!=)\s*/g;

/** A plugin of Rolldown that leaves these assignments out. */
export const noGlobals = {
  name: 'no-globals',
  transform(code, id) {
    if (!/node_modules[\\/](meyda|gpu\.js)[\\/]/.test(id) || !code.includes('window.')) return null;
    return { code: code.replaceAll(ASSIGNED, ''), map: null };
  },
};
