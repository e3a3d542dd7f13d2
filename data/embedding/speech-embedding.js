export default new URL('./speech-embedding.safetensors', import.meta.url).href;
