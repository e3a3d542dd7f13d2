/** Everyday words and phrases that are no trigger word: what a microphone in a kitchen hears. */
export const FILLERS: readonly string[] = [
  'yes', 'no', 'maybe later', 'stop', 'hello there', 'good evening', 'thank you', 'excuse me', 'water', 'window',
  'yesterday', 'tomorrow', 'number seven', 'eleven', 'twenty four', 'telephone', 'banana', 'garden', 'elephant',
  'mountain', 'coffee', 'breakfast', 'kitchen', 'purple', 'weather', 'remember', 'library', 'captain', 'umbrella',
  'radio', 'music', 'lights', 'open the door', 'turn it down a bit', 'what time is it', 'where are my keys',
  'the cat is outside', 'come over here', 'it is raining again', 'I have no idea', 'call me back tonight',
  'two of them are missing', 'read the paper', 'close to the river', 'a quiet afternoon', 'wait for the others',
  'ten past eight', 'that is fine with me', 'did you feed the dog', 'put it on the table', 'we are out of milk',
  'see you on Friday', 'the soup is too hot', 'bring a coat', 'who was that', 'let me think about it',
  'not on a Monday', 'it was great fun', 'he never said so', 'they live upstairs', 'pass me the butter',
  'the train was late', 'my left foot hurts', 'ask your brother', 'up the hill and down again', 'nobody knows',
]; // prettier-ignore
