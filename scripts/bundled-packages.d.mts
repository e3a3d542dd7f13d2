/** For each package a module that exports what is used of it. */
export const bundledPackages: Readonly<Record<string, string>>;

/** The packages that are bundled into the page of the studio alone. */
export const studioPackages: readonly string[];

/** The licences of the packages that the modules of a bundle come from. */
export function licencesOf(modules: readonly string[]): { text: string; packages: number };
