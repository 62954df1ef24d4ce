import { useContext } from 'preact/hooks';
import { toggleRun } from '../state/selection.js';
import { SessionContext } from './session-context.js';
import type { SelectedFacts } from './use-selected.js';

/** The heads of a table that has a column per run. */
export function RunHeads({ runs, first }: { readonly runs: readonly SelectedFacts[]; readonly first: string }) {
  const { view } = useContext(SessionContext);
  return (
    <thead>
      <tr>
        <th scope="col">{first}</th>
        {runs.map(({ id, name, colour }) => (
          <th scope="col" key={id}>
            <span class="swatch" style={{ background: colour }} />
            <span class="run-head" title={name}>
              {name || id}
            </span>
            <button type="button" class="quiet" aria-label={`Take ${name} away`} onClick={() => toggleRun(view, id)}>
              ×
            </button>
          </th>
        ))}
      </tr>
    </thead>
  );
}
