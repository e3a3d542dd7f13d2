interface CharacterModel {
  cell: string;
  layers: number;
  units: number;
  /** @default 65 */
  vocab?: number;
}

export function characterStepFlop(
  model: CharacterModel,
  size?: {
    /** @default 50 */
    batch?: number;
    /** @default 50 */
    seqLength?: number;
  },
): number;
export function samplingFlop(model: CharacterModel): number;
export function triggerFlop(options: { clips: number; training: boolean }): number;
export function gruStepFlop(size: { features: number; units: number; rows?: number }): number;
