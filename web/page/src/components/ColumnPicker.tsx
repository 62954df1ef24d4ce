import { useContext, useState } from 'preact/hooks';
import { likelyBest } from '../model/metric-groups.js';
import { useStore } from '../state/use-store.js';
import { Choice, Field } from './fields.js';
import { SessionContext } from './session-context.js';

/** Metrics the list has room for. */
const maxColumns = 4;

/** Which metrics the list shows, and which of their values. */
export function ColumnPicker() {
  const { view, list, names } = useContext(SessionContext);
  const columns = useStore(list.state, (state) => state.columns);
  const known = useStore(names.state, (state) => state);
  const [isOpen, setIsOpen] = useState(false);
  const [key, setKey] = useState('');
  const add = () => {
    if (key === '' || columns.length >= maxColumns) return;
    view.set({ columns: [...columns, { key, aggregate: likelyBest(key) }] });
    setKey('');
  };
  return (
    <span class="columns">
      <button
        type="button"
        class="quiet"
        aria-expanded={isOpen}
        onClick={() => {
          names.need();
          setIsOpen(!isOpen);
        }}
      >
        Columns
      </button>
      {isOpen && (
        <form
          class="editor"
          onSubmit={(event) => {
            event.preventDefault();
            add();
          }}
        >
          {columns.map((column, index) => (
            <span class="chip" key={`${column.aggregate} ${column.key}`}>
              <Choice
                label={`Value of ${column.key}`}
                value={column.aggregate}
                options={['LAST', 'MIN', 'MAX'] as const}
                onChange={(aggregate) =>
                  view.set({ columns: columns.map((each, other) => (other === index ? { ...each, aggregate } : each)) })
                }
              />
              {column.key}
              <button
                type="button"
                aria-label={`Remove ${column.key}`}
                onClick={() => view.set({ columns: columns.filter((each) => each !== column) })}
              >
                ×
              </button>
            </span>
          ))}
          <Field label="Metric" value={key} options={known.metrics} onChange={setKey} />
          <button type="submit" disabled={columns.length >= maxColumns}>
            Add
          </button>
        </form>
      )}
    </span>
  );
}
