/** `{date}` in a response: the value of a slot or an entity. */
export const PLACEHOLDER = /\{([^{}]+)\}/gu;
