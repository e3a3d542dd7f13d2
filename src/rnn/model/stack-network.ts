import type { FileSource } from '../../base/source/file-source.js';
import { wrongKind } from '../../base/encoding/wrong-kind.js';
import { SeqkitError } from '../../base/errors.js';
import { LayerStack } from '../graph/layer-stack.js';
import type { ModelFile } from '../graph/model-file.js';
import { readModelFile, restoreGraph } from './model-architecture.js';
import { modelLoadOptions, type ModelLoadOptions } from './model-options.js';
import { Network, partsOf } from './network.js';

/** Layers one after the other. `Sequential` is the same with what trains. */
export class StackNetwork extends Network {
  // A file of it is one of a `Sequential`.
  protected override get kind(): string {
    return 'Sequential';
  }

  /**
   * Opens one, with what stands beside the weights.
   * @param from a file's path, a URL, a Blob, or its bytes
   * @param expected the kind that the file should be of
   * @throws SeqkitError `file-access`, or `bad-file` where it is damaged or foreign
   */
  static async open(
    from: FileSource,
    options?: ModelLoadOptions,
    expected = 'Sequential',
  ): Promise<{ network: StackNetwork; file: ModelFile; source: string }> {
    const { layers, verify = true, ...engine } = modelLoadOptions.parse(options);
    const { file, source } = await readModelFile(from, { verify });
    const graph = restoreGraph(file, source, layers);
    if (!(graph instanceof LayerStack)) {
      if (file.kind !== 'Model' || expected !== 'Sequential') throw wrongKind(source, file.kind, expected);
      throw new SeqkitError(`The layers of ${source} do not stand one after the other.`, {
        code: 'bad-file',
        hint: 'Open it with Model.load.',
      });
    }
    const network = new StackNetwork(graph, { ...engine, seed: file.seed });
    network.notes = file.notes;
    await partsOf(network).session.attach();
    return { network, file, source };
  }
}
