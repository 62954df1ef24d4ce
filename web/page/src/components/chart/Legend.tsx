import type { RefObject } from 'preact';
import { memo } from '../memo.js';

/** One run in a legend. */
export interface LegendRow {
  readonly id: string;
  readonly name: string;
  readonly colour: string;
}

interface LegendProps {
  readonly list: RefObject<HTMLUListElement | null>;
  readonly rows: readonly LegendRow[];
  readonly onPoint: (runId: string | null) => void;
}

/**
 * Runs of a chart with their values. The values are written by the chart itself, many times a second, past Preact:
 * into the elements of class `legend-value`, of which Preact knows no children.
 */
export const Legend = memo(
  ({ list, rows, onPoint }: LegendProps) => (
    <ul class="legend" ref={list} onMouseLeave={() => onPoint(null)}>
      {rows.map(({ id, name, colour }) => (
        <li key={id} data-run={id} onMouseEnter={() => onPoint(id)}>
          <span class="swatch" style={{ background: colour }} />
          <span class="legend-name" title={name}>
            {name || id}
          </span>
          <span class="legend-value" />
          <span class="legend-step" />
        </li>
      ))}
    </ul>
  ),
  (before, after) => before.rows.length === after.rows.length && before.rows.every((row, n) => same(row, after.rows[n]!)),
);

const same = (one: LegendRow, other: LegendRow): boolean => one.id === other.id && one.name === other.name && one.colour === other.colour;
