// All networks and all steppers: so one is told from other objects without what makes one.

export const knownNetworks = new WeakSet<object>();
export const knownSteppers = new WeakSet<object>();
