import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { integerText } from '../model/number-text.js';
import { useStore } from '../state/use-store.js';
import { BestPicker } from './BestPicker.js';
import { ColumnPicker } from './ColumnPicker.js';
import { EmptyStore } from './EmptyStore.js';
import { FailureNote } from './FailureNote.js';
import { FilterEditor } from './FilterEditor.js';
import { OrderPicker } from './OrderPicker.js';
import { RunTable } from './RunTable.js';
import { SessionContext } from './session-context.js';

/** Search, filter, order and the list. */
export function RunsPane() {
  const { list, view } = useContext(SessionContext);
  const { rows, totalCount, hasAnswer, failure, sources } = useStore(list.state, (state) => state);
  const isUnfiltered = useStore(view, ({ search, conditions }) => search === '' && conditions.length === 0);
  const isEmpty = hasAnswer && rows.length === 0 && !failure;
  const silent = sources.filter(({ ok }) => !ok);
  return (
    <section class="runs" aria-label="Runs">
      <div class="controls">
        <SearchBox />
        <div class="line">
          <FilterEditor />
          <OrderPicker />
          <ColumnPicker />
        </div>
      </div>
      {silent.map(({ source, error }) => (
        <FailureNote
          key={source}
          failure={{
            code: error?.code ?? '',
            message: `Source ${source} does not answer: ${error?.message ?? ''}`,
            wayOut: 'Rows of the others are shown.',
          }}
        />
      ))}
      {failure && <FailureNote failure={failure} onRetry={list.refresh} />}
      {isEmpty && isUnfiltered ? <EmptyStore /> : isEmpty ? <p class="hint">No run matches. Remove a part of the filter.</p> : <RunTable />}
      <div class="foot">
        <span role="status">{totalCount === null ? '' : `${integerText(totalCount)} ${totalCount === 1 ? 'run' : 'runs'}`}</span>
        <span class="space" />
        <BestPicker />
      </div>
    </section>
  );
}

/** Milliseconds without a key before the list is asked for. */
const settleMs = 220;

function SearchBox() {
  const { view } = useContext(SessionContext);
  const search = useStore(view, (state) => state.search);
  const [text, setText] = useState(search);
  const typed = useRef(search);
  useEffect(() => {
    // Back, forward, or a cleared filter.
    if (search !== typed.current) setText((typed.current = search));
  }, [search]);
  useEffect(() => {
    if (text === typed.current) return;
    const timer = setTimeout(() => view.set({ search: (typed.current = text) }), settleMs);
    return () => clearTimeout(timer);
  }, [text, view]);
  return (
    <input
      type="search"
      id="search"
      aria-label="Search runs by name"
      placeholder="Search by name"
      title="Part of the name in any case; % and _ stand for any characters"
      value={text}
      onInput={(event) => setText(event.currentTarget.value)}
      autocomplete="off"
      spellcheck={false}
    />
  );
}
