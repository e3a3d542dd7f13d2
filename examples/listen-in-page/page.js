// The address of processor.js as one bundled script, which a worklet needs: so Vite writes it.
import processorAddress from './processor.js?worker&url';

const element = (id) => document.getElementById(id);

/** Listens to a source of sound for the word of a model; `onMessage` gets what the processor posts. */
async function listen(source, model, onMessage) {
  await source.context.audioWorklet.addModule(processorAddress);
  const processorOptions = { model };
  const node = new AudioWorkletNode(source.context, 'seqkit-trigger', { processorOptions });
  node.port.onmessage = ({ data }) => onMessage(data);
  // What leads nowhere is not run: the node gives silence to the speakers.
  source.connect(node).connect(source.context.destination);
}

function show(message) {
  if (message.type === 'ready') element('state').textContent = `Listening for ${message.words.join(', ')}.`;
  else if (message.type === 'error') element('state').textContent = message.message;
  else if (message.type === 'score') element('score').value = message.score;
  else {
    const line = document.createElement('li');
    line.textContent = `${message.timeSeconds.toFixed(2)} s  ${message.word}  ${message.score.toFixed(2)}`;
    element('heard').prepend(line);
  }
}

element('start').onclick = async () => {
  element('start').disabled = true;
  try {
    const response = await fetch('trigger.safetensors');
    // Servers for pages under development answer with the page where there is no file.
    const isPage = response.headers.get('Content-Type')?.includes('html');
    if (!response.ok || isPage) throw new Error('There is no trigger.safetensors beside the page.');
    // As the microphone hears it: the models are trained on sound that nobody cleaned.
    const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const microphone = await navigator.mediaDevices.getUserMedia({ audio });
    const source = new AudioContext().createMediaStreamSource(microphone);
    await listen(source, new Uint8Array(await response.arrayBuffer()), show);
  } catch (error) {
    show({ type: 'error', message: error.message });
    element('start').disabled = false;
  }
};
