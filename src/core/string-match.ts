/** Condition on a text, all of whose given members hold together; the shape of the API's StringFilter. */
interface StringMatch {
  readonly eq?: string | null;
  readonly neq?: string | null;
  readonly in?: readonly string[] | null;
  readonly nin?: readonly string[] | null;
  readonly contains?: string | null;
  readonly startsWith?: string | null;
  readonly endsWith?: string | null;
  readonly like?: string | null;
  readonly ilike?: string | null;
  readonly isNull?: boolean | null;
}

/** Whether a text that is there fulfils the condition. For keys already at hand; lists are filtered by the stores. */
export function matchesString(condition: StringMatch, text: string): boolean {
  const checks: readonly ((text: string) => boolean | undefined)[] = [
    (value) => condition.eq === undefined || condition.eq === null || value === condition.eq,
    (value) => condition.neq === undefined || condition.neq === null || value !== condition.neq,
    (value) => condition.in?.includes(value) ?? true,
    (value) => !(condition.nin?.includes(value) ?? false),
    (value) => value.includes(condition.contains ?? ''),
    (value) => value.startsWith(condition.startsWith ?? ''),
    (value) => value.endsWith(condition.endsWith ?? ''),
    (value) => typeof condition.like !== 'string' || fits(value, condition.like, false),
    (value) => typeof condition.ilike !== 'string' || fits(value, condition.ilike, true),
    () => condition.isNull !== true,
  ];
  return checks.every((check) => check(text));
}

/**
 * Whether a text fits a pattern of `%` (any run of characters) and `_` (any one). Two pointers and one place to go back to:
 * at worst the pattern times the text, where a regular expression may take for ever.
 */
function fits(text: string, pattern: string, foldCase: boolean): boolean {
  const characters = [...(foldCase ? fold(text) : text)];
  const wanted = [...(foldCase ? fold(pattern) : pattern)];
  let at = 0;
  let next = 0;
  let lastAny = -1;
  let resume = 0;
  while (at < characters.length) {
    if (wanted[next] === '%') {
      lastAny = next++;
      resume = at;
    } else if (wanted[next] === '_' || characters[at] === wanted[next]) {
      at++;
      next++;
    } else if (lastAny >= 0) {
      next = lastAny + 1;
      at = ++resume;
    } else return false;
  }
  return wanted.slice(next).every((rest) => rest === '%');
}

// Lower case of the upper case, letter by letter: final sigma, the Kelvin sign and their like then meet their kin.
const fold = (text: string): string => [...text].map((letter) => sameLength(letter.toUpperCase(), letter).toLowerCase()).join('');

const sameLength = (changed: string, letter: string): string => ([...changed].length === 1 ? changed : letter);
