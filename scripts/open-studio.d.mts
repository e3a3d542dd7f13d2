import type { Browser } from 'playwright-core';

export declare function microphoneSwitches(recording?: string): string[];
export declare function openStudio(
  recording?: string,
): Promise<{ browser: Browser; url: string; close(): Promise<void> }>;
