/**
 * One alternative after the other: a sequence that sets colours and styles (kept), control strings with their end (titles,
 * the clipboard, images), other control sequences, other escape sequences, and single control characters; what follows the
 * beginning of a sequence that is cut off is text. No alternative runs over the beginning of the next, so this is linear.
 */
const controls =
  /(\u001b\[[\d;:]*m)|(?:\u001b[P\]X^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u0080-\u009f]*(?:\u0007|\u001b\\|\u009c)|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[ -/]*[0-~]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * A text that somebody else wrote, fit to be printed: colours stay, everything else that would move the cursor, clear the
 * screen or talk to the terminal is taken out. A carriage return, with which progress bars write over themselves, ends the line.
 */
export const withoutControls = (text: string): string =>
  text.replaceAll(/\r+\n?/g, '\n').replaceAll(controls, (_, colour: string | undefined) => colour ?? '');
