/** What a `models:/` URI says: a version by number, alias or stage, or the highest there is. */
export type ModelUri =
  | { readonly kind: 'number'; readonly name: string; readonly number: number }
  | { readonly kind: 'alias'; readonly name: string; readonly alias: string }
  | { readonly kind: 'stage'; readonly name: string; readonly stage: string }
  | { readonly kind: 'latest'; readonly name: string };

/**
 * Reads `models:/name/3`, `models:/name@alias`, `models:/name/Production`, `models:/name/latest` and `models:/name@latest`.
 * Whether the stage is one is for the caller to see.
 * @returns null when the text is no such URI
 */
export function modelUri(text: string): ModelUri | null {
  const [, name, alias, last] = /^models:\/+([^@]+?)(?:@([^@/]+)|\/([^/@]+))$/.exec(text) ?? [];
  if (!name) return null;
  if ((alias ?? last)!.toLowerCase() === 'latest') return { kind: 'latest', name };
  if (alias !== undefined) return { kind: 'alias', name, alias };
  if (/^\d{1,9}$/.test(last!)) return { kind: 'number', name, number: Number(last) };
  return { kind: 'stage', name, stage: last! };
}
