// A page that listens for a word, with a button to begin and one to end.
import { listen } from 'seqkit/audio/browser';

const element = (id) => document.getElementById(id);
let listening;

function show({ word, timeSeconds, score }) {
  const line = document.createElement('li');
  line.textContent = `${timeSeconds.toFixed(2)} s  ${word}  ${score.toFixed(2)}`;
  element('heard').prepend(line);
}

element('start').onclick = async () => {
  element('start').disabled = true;
  try {
    listening = await listen({
      model: 'trigger.safetensors',
      onTrigger: show,
      onLevel: ({ peak }) => (element('level').value = peak),
      onState: (state) => (element('state').textContent = state),
      onError: ({ message, hint }) => (element('state').textContent = `${message} ${hint ?? ''}`),
    });
    element('stop').disabled = false;
  } catch ({ message, hint }) {
    element('state').textContent = `${message} ${hint ?? ''}`;
    element('start').disabled = false;
  }
};

element('stop').onclick = async () => {
  element('stop').disabled = true;
  await listening.stop();
  element('start').disabled = false;
};
