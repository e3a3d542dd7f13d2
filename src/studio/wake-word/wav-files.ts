/** What the exported page of a detector needs of the audio library as well: by this alone it is that little. */
export { decodeWav, encodeWav } from '../../audio/index.js';
