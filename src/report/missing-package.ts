import { SeqkitError } from '../base/errors.js';
import { shown } from '../base/schema/index.js';

/** A package that is not there; `install` is the command that gets it. */
export class MissingPackage extends SeqkitError {
  constructor(
    readonly packageName: string,
    readonly install: string,
    options: ErrorOptions = {},
  ) {
    super(`The package ${shown(packageName)} is not installed.`, {
      code: 'engine',
      hint: `Install it with: ${typeof install === 'string' ? install : shown(install)}`,
      cause: options?.cause,
    });
    this.name = 'MissingPackage';
  }
}

/** @throws MissingPackage where an optional package is not installed */
export async function optional<Package>(name: string, load: () => Promise<Package>): Promise<Package> {
  try {
    return await load();
  } catch (cause) {
    throw new MissingPackage(name, `npm install ${name}`, { cause });
  }
}
