import { SeqkitError } from '../../errors.js';

// What the browser build has in the place of the modules that reach into the files of the machine: the names that they
// export, each of which says that there are none. test/base/host holds the two lists against each other.

/** @throws SeqkitError `file-access`, always */
function noFiles(): never {
  throw new SeqkitError('There are no files to open or save here by a path: this is a page, not Node.', {
    code: 'file-access',
    hint: 'Give a URL, a Blob (such as the File of an input) or the bytes; toBytes gives what save would write.',
  });
}

export {
  noFiles as appendText,
  noFiles as checkUnlocked,
  noFiles as checkWritable,
  noFiles as environment,
  noFiles as dataFile,
  noFiles as dataFolder,
  noFiles as fileError,
  noFiles as fileExists,
  noFiles as filesAt,
  noFiles as filesBelow,
  noFiles as isFolder,
  noFiles as findProgram,
  noFiles as installedBytes,
  noFiles as installedFile,
  noFiles as isRunning,
  noFiles as listFolder,
  noFiles as makeFolder,
  noFiles as openByteStream,
  noFiles as openFile,
  noFiles as openZip,
  noFiles as packageFile,
  noFiles as pathOfUrl,
  noFiles as platformName,
  noFiles as readFileBytes,
  noFiles as readFileInto,
  noFiles as readFileStart,
  noFiles as readModelBytes,
  noFiles as removeFile,
  noFiles as removeLeftovers,
  noFiles as runProgram,
  noFiles as ScratchFile,
  noFiles as whileLocked,
  noFiles as withScratchFolder,
  noFiles as writeFileAtomic,
};

export const folderHost: unknown = new Proxy({}, { get: noFiles });
