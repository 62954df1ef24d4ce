import { valueOf, type Row } from '../model/documents.js';
import { agoText, durationText, numberText } from '../model/number-text.js';
import type { MetricColumn } from '../model/view.js';
import { memo } from './memo.js';

interface RunRowProps {
  readonly row: Row;
  readonly position: number;
  /** Null: it is not drawn. */
  readonly colour: string | null;
  readonly isActive: boolean;
  readonly columns: readonly MetricColumn[];
  readonly minute: number;
  readonly onToggle: (id: string, position: number) => void;
  readonly onPoint: (id: string | null) => void;
}

/** One run of the list. */
export const RunRow = memo(
  ({ row, position, colour, isActive, columns, minute, onToggle, onPoint }: RunRowProps) => (
    <div
      class="row"
      role="row"
      id={`row-${position}`}
      aria-rowindex={position + 1}
      aria-selected={colour !== null}
      data-active={isActive}
      data-id={row.id}
      style={{ transform: `translateY(calc(var(--row-height) * ${position}))` }}
      onClick={() => onToggle(row.id, position)}
      onMouseEnter={() => onPoint(colour === null ? null : row.id)}
      onMouseLeave={() => onPoint(null)}
    >
      <span class="cell-name" role="gridcell">
        <input
          type="checkbox"
          tabIndex={-1}
          checked={colour !== null}
          aria-label={`Draw ${row.name}`}
          style={{ accentColor: colour ?? undefined }}
          onClick={(event) => {
            event.stopPropagation();
            onToggle(row.id, position);
          }}
        />
        <span class="names">
          <span class="name" title={row.name}>
            {row.name || row.id}
          </span>
          <span class="about">
            <span class="status" data-status={row.status}>
              {row.status.toLowerCase()}
            </span>
            {aboutText(row, minute)}
          </span>
        </span>
      </span>
      {columns.map(({ key, aggregate }) => (
        <span class="cell-value" role="gridcell" key={`${aggregate} ${key}`}>
          {numberText(valueOf(row, key, aggregate))}
        </span>
      ))}
    </div>
  ),
  (before, after) =>
    before.row === after.row &&
    before.position === after.position &&
    before.colour === after.colour &&
    before.isActive === after.isActive &&
    before.columns === after.columns &&
    before.minute === after.minute,
);

function aboutText({ experiment, sourceName, startedAt, durationMs, params }: Row, now: number): string {
  const parts = [
    experiment?.name,
    sourceName === 'local' ? undefined : sourceName,
    startedAt ? agoText(startedAt, now) : undefined,
    durationMs === null ? undefined : durationText(durationMs),
    ...(params.length === 1 ? params.map(({ key, value }) => `${key} ${value}`) : []),
  ];
  return parts.flatMap((part) => (part ? [` · ${part}`] : [])).join('');
}
