/**
 * A user's text in a message, or on a terminal: nothing in it steers the terminal. Control characters are written as \x1b;
 * line breaks and tabs stay.
 */
export const printable = (text: string): string =>
  text.replace(/[^\P{Cc}\n\t]/gu, each => `\\x${each.charCodeAt(0).toString(16).padStart(2, '0')}`)
