/** The known word that differs from `word` in the fewest letters; `word` itself where nothing is known. */
export function nearest(word: string, known: readonly string[]): string {
  return [...known].sort((a, b) => distance(word, a) - distance(word, b))[0] ?? word;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
