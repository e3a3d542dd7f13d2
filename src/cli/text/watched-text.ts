import { statSync } from 'node:fs';
import type { TextSource } from '../../text/corpus/text-source.js';
import { Progress } from '../terminal/progress.js';

/**
 * A text that shows how far it is read, each time that takes more than a second.
 * @param files those it is made of
 * @param show where and when to draw, for tests
 */
export function watchedText(
  source: TextSource,
  files: readonly string[],
  show: Pick<ConstructorParameters<typeof Progress>[1], 'target' | 'now'> = {},
): TextSource {
  const total = files.reduce((sum, file) => sum + statSync(file).size, 0);
  return {
    name: source.name,
    async *chunks() {
      const progress = new Progress('reading', { ...show, total, unit: 'bytes' });
      let read = 0;
      try {
        for await (const chunk of source.chunks()) {
          read += Buffer.byteLength(chunk);
          progress.update(read);
          yield chunk;
        }
      } finally {
        progress.end();
      }
    },
  };
}
