import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { colourOf } from '../model/colours.js';
import type { MetricColumn } from '../model/view.js';
import { toggleRun } from '../state/selection.js';
import { useStore } from '../state/use-store.js';
import { clicked } from './OrderPicker.js';
import { RunRow } from './RunRow.js';
import { SessionContext } from './session-context.js';

/** Heights in CSS pixels; the style sheet says the same. */
const rowHeight = 46;
const headHeight = 40;
/** Rows drawn beyond the edges, so that a quick scroll does not show a gap. */
const overscan = 8;
/** Rows from the end at which the next page is asked for. */
const prefetchRows = 60;

/** The list of runs: only rows on the screen are in the document, however many there are. */
export function RunTable() {
  const { list, view, theme, ui } = useContext(SessionContext);
  const { rows, totalCount, hasNext, columns, isLoading, hasAnswer, listed } = useStore(list.state, (state) => state);
  const selected = useStore(view, (state) => state.selected);
  const { isDark } = useStore(theme.state, (state) => state);
  const active = useStore(ui, (state) => state.row);
  const body = useRef<HTMLDivElement>(null);
  const [from, to] = useVisibleRows(body, rows.length);
  const minute = useMinute();

  useEffect(() => {
    list.shows(from, to);
    if (hasNext && to + prefetchRows >= rows.length) void list.more();
  }, [list, from, to, hasNext, rows.length, isLoading]);
  useEffect(() => {
    body.current!.scrollTop = 0;
  }, [listed]);
  useEffect(() => {
    const host = body.current;
    if (!host || active < 0) return;
    const top = active * rowHeight;
    if (top < host.scrollTop) host.scrollTop = top;
    else if (top + rowHeight + headHeight > host.scrollTop + host.clientHeight)
      host.scrollTop = top + rowHeight + headHeight - host.clientHeight;
  }, [active]);

  const colours = new Map(selected.map(({ id, slot }) => [id, colourOf(slot, isDark)]));
  const first = Math.max(0, from - overscan);
  return (
    <div
      class="table"
      role="grid"
      aria-label="Runs"
      aria-rowcount={totalCount ?? rows.length}
      aria-multiselectable="true"
      aria-busy={isLoading}
      style={{ '--columns': columns.length }}
    >
      <div class="table-body" ref={body} tabIndex={0} aria-activedescendant={active >= 0 ? `row-${active}` : undefined} role="rowgroup">
        <TableHead columns={columns} />
        {!hasAnswer && <p class="hint">Reading …</p>}
        <div class="table-space" style={{ height: `${rows.length * rowHeight}px` }}>
          {rows.slice(first, to + overscan).map((row, offset) => (
            <RunRow
              key={row.id}
              row={row}
              position={first + offset}
              colour={colours.get(row.id) ?? null}
              isActive={active === first + offset}
              columns={columns}
              minute={minute}
              onToggle={(id, position) => {
                ui.set({ row: position });
                toggleRun(view, id);
              }}
              onPoint={(pointed) => ui.set({ pointed })}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

function TableHead({ columns }: { readonly columns: readonly MetricColumn[] }) {
  const { view } = useContext(SessionContext);
  const order = useStore(view, (state) => state.order);
  const sorted = (is: boolean) => (is ? (order.direction === 'ASC' ? 'ascending' : 'descending') : 'none');
  const isBy = (key: string) => order.by === 'metric' && order.key === key;
  return (
    <div class="table-head" role="row">
      <span role="columnheader" class="cell-name" aria-sort={sorted(order.by === 'field' && order.field === 'NAME')}>
        <button type="button" onClick={() => view.set({ order: clicked(order, 'NAME', 'ASC') })}>
          Run
        </button>
      </span>
      {columns.map(({ key, aggregate }) => (
        <span role="columnheader" class="cell-value" key={`${aggregate} ${key}`} aria-sort={sorted(isBy(key))}>
          <button
            type="button"
            title={`${aggregate.toLowerCase()} of ${key}`}
            onClick={() => {
              const direction =
                order.by === 'metric' && order.key === key
                  ? order.direction === 'ASC'
                    ? 'DESC'
                    : 'ASC'
                  : aggregate === 'MIN'
                    ? 'ASC'
                    : 'DESC';
              view.set({ order: { by: 'metric', key, aggregate, direction } });
            }}
          >
            <span class="muted">{aggregate.toLowerCase()}</span>
            <span>{key}</span>
          </button>
        </span>
      ))}
    </div>
  );
}

/** First and last row on the screen, measured at most once per frame. */
function useVisibleRows(body: { readonly current: HTMLDivElement | null }, count: number): readonly [number, number] {
  const [range, setRange] = useState<readonly [number, number]>([0, 30]);
  useEffect(() => {
    const host = body.current!;
    let frame = 0;
    const measure = () => {
      frame = 0;
      const from = Math.floor(host.scrollTop / rowHeight);
      const to = Math.ceil((host.scrollTop + host.clientHeight) / rowHeight);
      setRange((before) => (before[0] === from && before[1] === to ? before : [from, to]));
    };
    const ask = () => {
      frame ||= requestAnimationFrame(measure);
    };
    const size = new ResizeObserver(ask);
    size.observe(host);
    host.addEventListener('scroll', ask, { passive: true });
    ask();
    return () => {
      cancelAnimationFrame(frame);
      size.disconnect();
      host.removeEventListener('scroll', ask);
    };
  }, [body]);
  return [Math.min(range[0], count), Math.min(range[1], count)];
}

/** Now, as exactly as "5 min ago" needs it. */
function useMinute(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setTimeout(() => setNow(Date.now()), 30_000);
    return () => clearTimeout(timer);
  }, [now]);
  return now;
}
