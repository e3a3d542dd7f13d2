/** A module whose constants and classes each go where nothing uses them. */
export declare function pureStatements(code: string): string;
