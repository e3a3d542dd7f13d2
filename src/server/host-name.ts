/** The name of a Host header, without its port, in small letters. */
export const hostName = (host: string): string => host.replace(/:\d+$/, '').toLowerCase();
