import type { Extent } from '../../model/extent.js';
import { integerText, numberText } from '../../model/number-text.js';

/** What a legend says of one run. */
export interface LegendEntry {
  readonly id: string;
  readonly value: number;
  readonly smoothed: number | null;
  readonly step: bigint;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Points that are held and that were received; the last of them. */
  readonly points: number;
  readonly received: number;
  readonly lastStep: bigint;
  readonly lastValue: number;
}

/** Writes values into the rows of a legend; rows without an entry have no points of the metric and are hidden. */
export function writeLegend(legend: HTMLElement, entries: readonly LegendEntry[], isHovered: boolean): void {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  for (const row of legend.children as Iterable<Element> & HTMLCollectionOf<HTMLElement>) {
    const entry = byId.get(row.dataset.run!);
    row.hidden = !entry;
    if (!entry) continue;
    const [, , value, step] = row.children as Iterable<Element> & HTMLCollectionOf<HTMLElement>;
    setText(value!, entry.smoothed === null ? numberText(entry.value) : `${numberText(entry.smoothed)} (${numberText(entry.value)})`);
    setText(step!, `${isHovered ? '' : 'last '}@ ${integerText(entry.step)}`);
    set(row, 'points', String(entry.points));
    set(row, 'received', String(entry.received));
    set(row, 'lastStep', String(entry.lastStep));
    set(row, 'lastValue', String(entry.lastValue));
  }
}

/** Writes what a chart cannot draw as a line: never is it left out in silence. */
export function writeNote(note: HTMLElement, { nan, infinite, nonPositive }: Extent, isLog: boolean): void {
  const parts = [
    nan > 0 ? `${nan} NaN (× at the bottom)` : '',
    infinite > 0 ? `${infinite} infinite (triangles at the edge)` : '',
    isLog && nonPositive > 0 ? `${nonPositive} ${nonPositive === 1 ? 'value' : 'values'} ≤ 0 not on a logarithmic scale` : '',
  ];
  setText(note, parts.filter((part) => part !== '').join(' · '));
  set(note, 'nan', String(nan));
  set(note, 'infinite', String(infinite));
}

function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function set(element: HTMLElement, name: string, value: string): void {
  if (element.dataset[name] !== value) element.dataset[name] = value;
}
