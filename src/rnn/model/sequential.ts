import type { FileSource } from '../../base/source/file-source.js';
import { instanceOf, listOf } from '../../base/schema/index.js';
import { LayerStack } from '../graph/layer-stack.js';
import { Layer } from '../layers/layer.js';
import type { ModelFile } from '../graph/model-file.js';
import type { ModelLoadOptions, ModelOptions } from './model-options.js';
import { Model } from './model.js';
import { Network } from './network.js';
import { StackNetwork } from './stack-network.js';

export type { SaveOptions } from './model-options.js';
export type SequentialOptions = ModelOptions;

const layerList = listOf(
  instanceOf(Layer, 'a layer', (value) =>
    typeof value === 'function' ? 'Make one: new Dense({ units: 8 }).' : undefined,
  ),
);

/** Layers one after the other: a `Model` with one input and one output. */
export class Sequential extends Model {
  constructor(layers: readonly Layer[] | LayerStack | Network, options?: SequentialOptions) {
    const read = (): Layer[] => layerList.parse(layers, 'Sequential: layers');
    const isMade = layers instanceof LayerStack || layers instanceof Network;
    super(isMade ? layers : new LayerStack(read()), options);
  }

  protected override get kind(): string {
    return 'Sequential';
  }

  /**
   * Opens a model.
   * @param from a file's path, a URL, a Blob, or its bytes
   * @throws SeqkitError `file-access`, or `bad-file` where it is damaged or foreign
   */
  static override async load(from: FileSource, options?: ModelLoadOptions): Promise<Sequential> {
    return (await Sequential.open(from, options)).model;
  }

  /** `load`, with what stands beside the weights. */
  static override async open(
    from: FileSource,
    options?: ModelLoadOptions,
  ): Promise<{ model: Sequential; file: ModelFile; source: string }> {
    const { network, file, source } = await StackNetwork.open(from, options);
    return { model: new Sequential(network), file, source };
  }
}
