import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { followLines, maxLines, type LogLine } from '../state/log-lines.js';
import { SessionContext } from './session-context.js';
import { useSelected } from './use-selected.js';

/** The latest lines of one of the selected runs, as they are written. */
export function LogsTab() {
  const { client, connection, frames } = useContext(SessionContext);
  const runs = useSelected();
  const [chosen, setChosen] = useState<string | null>(null);
  const runId = (runs.find(({ id }) => id === chosen) ?? runs[0])?.id;
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const host = useRef<HTMLPreElement>(null);
  useEffect(() => {
    setLines([]);
    return runId ? followLines({ client, connection, frames }, runId, setLines) : undefined;
  }, [client, connection, frames, runId]);
  useEffect(() => {
    const box = host.current!;
    // Who has scrolled up is reading.
    if (box.scrollHeight - box.scrollTop - box.clientHeight < 200) box.scrollTop = box.scrollHeight;
  }, [lines]);
  return (
    <>
      <div class="chart-controls">
        <select aria-label="Run" value={runId} onChange={(event) => setChosen(event.currentTarget.value)}>
          {runs.map(({ id, name }) => (
            <option key={id} value={id}>
              {name || id}
            </option>
          ))}
        </select>
        <span class="muted">
          {lines.length === maxLines ? `the last ${maxLines} lines` : lines.length === 0 ? 'no lines yet' : `${lines.length} lines`}
        </span>
      </div>
      <pre class="log" ref={host} tabIndex={0} aria-label="Log lines">
        {lines.map(({ cursor, at, level, message }) => (
          <span key={cursor} data-level={level?.toLowerCase() ?? ''}>
            <span class="muted">{at?.toISOString().slice(11, 23) ?? ''} </span>
            {withoutEscapes(message)}
            {'\n'}
          </span>
        ))}
      </pre>
    </>
  );
}

/** Text without the sequences that colour a terminal and move its cursor. */
const withoutEscapes = (text: string): string => text.replace(/\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g, '');
