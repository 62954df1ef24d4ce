/** One line of the report. */
export interface Figure {
  readonly what: string;
  readonly value: string;
  /** What it is compared with in the same run. */
  readonly against?: string;
}

export const figures: Figure[] = [];

/** Prints a figure as soon as it is known and keeps it for `--out`. */
export function report(what: string, value: string, against?: string): void {
  figures.push({ what, value, ...(against && { against }) });
  console.log(`${what.padEnd(64)} ${value.padStart(22)}  ${against ?? ''}`);
}

export const ratio = (ours: number, theirs: number): string => `${(ours / theirs).toFixed(ours / theirs < 10 ? 2 : 0)} x`;
