import type { SyncSession } from '../program/engine.js';
import { createReferenceSession } from './reference/reference-engine.js';

/** A session of the float64 judge, at once: for gradient checks, and for cells in loops of one's own. */
export function openReferenceSession(): SyncSession {
  return createReferenceSession();
}
