import { SeqkitError } from '../../base/errors.js';

/** As the microphone hears it: the models are trained on sound that nobody cleaned. */
const UNCLEANED: MediaTrackConstraints = {
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
};

/** @throws SeqkitError `engine` where this is no page that could listen */
export function checkPage(): void {
  const { isSecureContext, navigator } = globalThis as Partial<typeof globalThis>;
  if (typeof AudioContext === 'undefined') {
    throw new SeqkitError('There is no microphone to listen to here: this is no page of a browser.', {
      code: 'engine',
      hint: 'In Node give a stream of sound: for await (const event of trigger.listen(stream)).',
    });
  }
  if (isSecureContext === false || navigator?.mediaDevices === undefined) {
    throw new SeqkitError('The browser gives no microphone to a page that is not served safely.', {
      code: 'engine',
      hint: 'Serve the page over https, or from localhost.',
    });
  }
  if (typeof AudioWorkletNode === 'undefined') {
    throw new SeqkitError('This browser has no AudioWorklet to listen with.', {
      code: 'engine',
      hint: 'Take a newer browser: all have had it since 2021.',
    });
  }
}

/**
 * Asks for the microphone.
 * @throws SeqkitError `permission` where that is refused; `engine` where there is none, or it does not start
 */
export async function openMicrophone(wishes: Readonly<Record<string, unknown>>): Promise<MediaStream> {
  try {
    return await globalThis.navigator.mediaDevices.getUserMedia({ audio: { ...UNCLEANED, ...wishes } });
  } catch (error) {
    throw microphoneError(error as DOMException);
  }
}

/** What the names of the browser's errors mean (Media Capture and Streams, W3C, 10.2). */
function microphoneError(cause: DOMException): SeqkitError {
  const { name, message } = cause;
  if (name === 'NotAllowedError' || name === 'SecurityError') {
    return new SeqkitError('The page may not use the microphone.', {
      code: 'permission',
      hint: 'Allow it beside the page\'s address. In a frame, the frame needs allow="microphone".',
      cause,
    });
  }
  const [text, hint] =
    name === 'NotFoundError'
      ? ['There is no microphone.', 'Connect one, and listen again.']
      : name === 'OverconstrainedError'
        ? ['No microphone is as the option microphone asks for.', 'Ask for less, or leave the option out.']
        : name === 'NotReadableError' || name === 'AbortError'
          ? ['The microphone does not start.', 'Another program may have it: close that, and listen again.']
          : [`The microphone cannot be had: ${message || name}.`, 'See that one is connected and allowed.'];
  return new SeqkitError(text, { code: 'engine', hint, cause });
}
