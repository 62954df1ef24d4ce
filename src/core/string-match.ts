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

function fits(text: string, pattern: string, foldCase: boolean): boolean {
  const source = [...pattern]
    .map((character) => (character === '%' ? '.*' : character === '_' ? '.' : character.replace(/[\\^$.*+?()[\]{}|/]/u, '\\$&')))
    .join('');
  return new RegExp(`^${source}$`, foldCase ? 'isu' : 'su').test(text);
}
