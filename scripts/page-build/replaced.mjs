/** In the place of modules that are Node's alone, what says so or does the same elsewhere; by paths below `dist`. */
export const REPLACED = {
  'base/host/web/no-files': [
    'base/host/files',
    'base/host/folders',
    'base/host/folder-host',
    'base/host/lock-file',
    'base/host/model-bytes',
    'base/host/scratch-file',
    'base/host/zip-file',
    'base/host/package-file',
    'base/host/file-url',
    'base/host/programs',
    'base/host/installed-package',
    'base/host/data-folder',
  ],
  'base/host/web/host-thread': ['base/host/host-thread'],
  'base/host/web/platform': ['base/host/platform'],
  'report/svg-to-png-in-page': ['report/svg-to-png'],
};

/** For Cloudflare's workers, besides: they have no GPU, and a megabyte of kernels less is welcome. */
export const REPLACED_IN_WORKERD = {
  'rnn/engine/gpu/without-gpu': ['rnn/engine/gpu/gpu-engine'],
};

/** For the threads of a page, besides: their one script holds nothing that runs networks but the kernels. */
export const REPLACED_IN_THREADS = {
  'audio/embedding/without-embedding': ['audio/embedding/speech-embedding'],
};
