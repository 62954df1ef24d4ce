const mistakes = new Set(['ConfigError', 'DatabaseRefused', 'RunGraphError', 'RequestFailed', 'RuleBroken', 'NetworkError']);
const systemMistakes = new Set(['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND', 'ENOTDIR', 'EEXIST']);

/** Whether an error is something its user can mend: it is then told in one sentence, without a stack. */
export function isUserMistake(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return mistakes.has(error.name) || systemMistakes.has(String((error as { code?: unknown }).code));
}
