/** How values of a known kind are written, in English and in figures, each as a regular expression. */
export const KNOWN_ENTITIES: Readonly<Record<string, string>> = {
  number: String.raw`\d+(?:[.,]\d+)?|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b`,
  date: String.raw`\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?|\b(?:the day after tomorrow|today|tonight|tomorrow|yesterday|(?:(?:next|this|on) )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:next|this) (?:week|weekend|month)|(?:\d{1,2}(?:st|nd|rd|th)? (?:of )?)?(?:january|february|march|april|may|june|july|august|september|october|november|december)(?: \d{1,2}(?:st|nd|rd|th)?\b)?)\b`,
  time: String.raw`\b\d{1,2}(?::\d{2})? ?(?:am|pm)\b|\b\d{1,2}:\d{2}\b|\b(?:(?:half past|quarter (?:to|past)) )?(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) o'clock\b|\b(?:half past|quarter (?:to|past)) (?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b|\b(?:noon|midnight)\b`,
  email: String.raw`[\w.+-]+@[\w-]+(?:\.[\w-]+)+`,
};

/** Words of a known kind that people misspell. */
export const KNOWN_WORDS: Readonly<Record<string, readonly string[]>> = {
  date: ['tomorrow', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
};
