// <trigger-word model="trigger.safetensors">: listens once it is clicked, and sends the event `heard`.
import { listen } from 'seqkit/audio/browser';

class TriggerWord extends HTMLElement {
  #listening;

  connectedCallback() {
    this.addEventListener('click', this.#start);
  }

  disconnectedCallback() {
    this.removeEventListener('click', this.#start);
    this.#listening?.then((listening) => listening?.stop());
    this.#listening = undefined;
  }

  #start = () => {
    this.#listening ??= listen({
      model: this.getAttribute('model'),
      onTrigger: (detail) => this.dispatchEvent(new CustomEvent('heard', { detail, bubbles: true })),
      onState: (state) => this.setAttribute('state', state),
      onError: (error) => this.#fail(error),
    }).catch((error) => this.#fail(error));
  };

  #fail(error) {
    if (this.getAttribute('state') !== 'lost') this.#listening = undefined;
    this.setAttribute('state', 'failed');
    this.dispatchEvent(new CustomEvent('failed', { detail: error, bubbles: true }));
  }
}

customElements.define('trigger-word', TriggerWord);
