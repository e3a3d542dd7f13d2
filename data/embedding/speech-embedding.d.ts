/** Where the file of the speech embedding is. */
declare const url: string;
export default url;
