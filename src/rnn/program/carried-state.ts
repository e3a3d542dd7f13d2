/** A state of a recurrent layer that a program leaves for its own next run. */
export interface CarriedState {
  readonly layer: string;
  /** As the cell names it, such as `h`. */
  readonly state: string;
  /** The name of the program: each carries its own. */
  readonly program: string;
  /** N. */
  readonly batch: number;
}

/** The name under which sessions, training states and checkpoints keep it. */
export function nameOfCarried({ layer, state, program, batch }: CarriedState): string {
  return `${layer}/${state} carried by ${program} of ${batch}`;
}

/** What a kept name says; undefined where it is that of anything else. */
export function carriedOfName(name: string): CarriedState | undefined {
  const [, layer, state, program, batch] = /^(.*)\/([^/]*) carried by (.*) of (\d+)$/s.exec(name) ?? [];
  return layer === undefined ? undefined : { layer, state, program, batch: Number(batch) };
}
