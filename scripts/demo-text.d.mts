export function demoText(characters: number, seed: number): string;
