import { raw, type Sql } from '../engine/sql.js';

// DashAI exists since 2023; the rules of zones are not known far ahead.
const firstYear = 2022;
const lastYear = 2041;
const dayMs = 86_400_000;

/** From `since` on (in seconds of local time) a zone's clocks are `offset` seconds ahead of UTC. */
interface OffsetChange {
  readonly since: number;
  readonly offset: number;
}

/**
 * Makes SQL of a column that holds the local time of a host without its zone, as DashAI writes it
 * (`2026-11-21 06:28:07.560405`): milliseconds since the epoch, UTC. An hour that the clocks show twice is taken for the
 * first one, as Python takes it. Microseconds are cut off. NULL stays NULL, and so does what is no time.
 * @param timeZone IANA name, such as `America/Santiago`
 */
export function localTimeReader(timeZone: string): (column: Sql) => Sql {
  const changes = offsetChanges(timeZone);
  return ({ text: column }) => {
    const seconds = `CAST(strftime('%s', substr(${column}, 1, 19)) AS INTEGER)`;
    const milliseconds = `CAST(substr(substr(${column}, 21) || '000', 1, 3) AS INTEGER)`;
    return raw(`((${seconds} - ${offsetAt(changes, seconds)}) * 1000 + ${milliseconds})`);
  };
}

function offsetAt(changes: readonly OffsetChange[], seconds: string): string {
  const [first, ...later] = changes;
  if (later.length === 0) return String(first!.offset);
  const newestFirst = later.toReversed().map(({ since, offset }) => `WHEN ${seconds} >= ${since} THEN ${offset}`);
  return `CASE ${newestFirst.join(' ')} ELSE ${first!.offset} END`;
}

function offsetChanges(timeZone: string): OffsetChange[] {
  const offsetOf = offsetReader(timeZone);
  let before = offsetOf(Date.UTC(firstYear, 0));
  const changes: OffsetChange[] = [{ since: -Infinity, offset: before }];
  for (let day = Date.UTC(firstYear, 0); day < Date.UTC(lastYear, 0); day += dayMs) {
    const after = offsetOf(day + dayMs);
    if (after === before) continue;
    // Clocks that go back show the hour before the change twice: what they show first still has the old offset.
    changes.push({ since: changeWithin(day, day + dayMs, offsetOf) / 1000 + Math.max(before, after), offset: after });
    before = after;
  }
  return changes;
}

/** The moment at which the offset becomes another one. */
function changeWithin(start: number, end: number, offsetOf: (moment: number) => number): number {
  let [before, after] = [start, end];
  while (after - before > 1000) {
    const middle = before + Math.floor((after - before) / 2000) * 1000;
    if (offsetOf(middle) === offsetOf(start)) before = middle;
    else after = middle;
  }
  return after;
}

/**
 * How many seconds the clocks of a zone are ahead of UTC at a moment, which is a whole second in milliseconds since the epoch.
 * @param timeZone IANA name
 */
export function offsetReader(timeZone: string): (moment: number) => number {
  const fields = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
  });
  return (moment) => {
    const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
    const [year, month, day, hour, minute, second] = fields.map((field) => parts.get(field)!);
    return (Date.UTC(year!, month! - 1, day, hour, minute, second) - moment) / 1000;
  };
}
