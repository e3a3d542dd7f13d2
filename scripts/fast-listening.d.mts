import type { CDPSession } from 'playwright-core';

export function interceptCapture(): void;
export function feed(given: { wav: string; seconds: number }): Promise<number>;
export function heldBy(devtools: CDPSession): Promise<{ heap: number; arrays: number; nodes: number }>;
