// Modules that are loaded only when needed, such as those for GPUs, ask for it.
export default { worker: { format: 'es' } };
