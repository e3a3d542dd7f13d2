/** The script of all threads of a page, as text. The browser build has it in this place. */
export function workerSource(): Promise<string> {
  return Promise.reject(new Error('only the browser build has the script of its threads'));
}
