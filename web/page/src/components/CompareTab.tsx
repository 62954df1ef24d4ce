import { useState } from 'preact/hooks';
import { compare, type DiffRow } from '../model/diff.js';
import { durationText } from '../model/number-text.js';
import { CopyButton } from './CopyButton.js';
import { RunHeads } from './RunHeads.js';
import { useSelected, type SelectedFacts } from './use-selected.js';

/** Facts of the selected runs, and what their params and tags differ in. */
export function CompareTab() {
  const runs = useSelected();
  const [all, setAll] = useState(false);
  const shown = (rows: readonly DiffRow[]) => rows.filter(({ differs }) => all || differs || runs.length === 1);
  const params = compare(runs.map((run) => run.params));
  const tags = compare(runs.map((run) => run.tags));
  return (
    <>
      <div class="chart-controls">
        <label class="check">
          <input type="checkbox" checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
          Show what is the same
        </label>
      </div>
      <div class="wide">
        <table class="compare">
          <RunHeads runs={runs} first="" />
          <tbody>
            {facts.map(([name, text]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {runs.map((run) => (
                  <td key={run.id}>{text(run)}</td>
                ))}
              </tr>
            ))}
            <tr>
              <th scope="row">id</th>
              {runs.map(({ id, nativeId }) => (
                <td key={id}>
                  <code title={id}>{nativeId.length > 12 ? `${nativeId.slice(0, 12)}…` : nativeId}</code>{' '}
                  <CopyButton text={id} isQuiet>
                    Copy id
                  </CopyButton>
                </td>
              ))}
            </tr>
          </tbody>
          <Section title="Params" rows={shown(params)} total={params.length} runs={runs} />
          <Section title="Tags" rows={shown(tags)} total={tags.length} runs={runs} />
        </table>
      </div>
    </>
  );
}

const facts: readonly (readonly [string, (run: SelectedFacts) => string])[] = [
  ['status', ({ status, statusReason }) => status.toLowerCase() + (statusReason ? `: ${statusReason}` : '')],
  ['experiment', ({ experiment }) => experiment?.name ?? '–'],
  ['source', ({ sourceName }) => sourceName],
  ['user', ({ user }) => user ?? '–'],
  ['started', ({ startedAt }) => startedAt?.toLocaleString() ?? '–'],
  ['ended', ({ endedAt }) => endedAt?.toLocaleString() ?? '–'],
  ['duration', ({ durationMs }) => (durationMs === null ? '–' : durationText(durationMs))],
];

interface SectionProps {
  readonly title: string;
  readonly rows: readonly DiffRow[];
  /** Rows there are, shown or not. */
  readonly total: number;
  readonly runs: readonly SelectedFacts[];
}

function Section({ title, rows, total, runs }: SectionProps) {
  const same = total - rows.length;
  return (
    <tbody>
      <tr class="section">
        <th scope="rowgroup" colSpan={runs.length + 1}>
          {title}
          {same > 0 && <span class="muted"> {same} the same</span>}
          {total === 0 && <span class="muted"> none</span>}
        </th>
      </tr>
      {rows.map(({ key, values, differs }) => (
        <tr key={key} data-differs={differs}>
          <th scope="row">{key}</th>
          {values.map((value, index) => (
            <td key={runs[index]!.id}>{value === null ? <span class="muted">–</span> : <span class="text">{value}</span>}</td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}
