import { useContext, useState } from 'preact/hooks';
import { comparisons, conditionProblem, conditionText, statuses, testText, toRunFilter, type Condition } from '../model/condition.js';
import { literal } from '../model/graphql-text.js';
import { useStore } from '../state/use-store.js';
import { Choice, Field } from './fields.js';
import { SessionContext } from './session-context.js';

const kinds = ['status', 'experiment', 'source', 'metric', 'param', 'tag'] as const;
const keyedTests = ['is', 'contains', ...comparisons, 'exists', 'missing'] as const;
const metricTests = [...comparisons, 'isNaN', 'exists', 'missing'] as const;

const blank: Readonly<Record<(typeof kinds)[number], Condition>> = {
  status: { on: 'status', any: ['RUNNING'] },
  experiment: { on: 'experiment', name: '' },
  source: { on: 'source', name: '' },
  metric: { on: 'metric', key: '', aggregate: 'LAST', test: 'lt', value: '' },
  param: { on: 'param', key: '', test: 'is', value: '' },
  tag: { on: 'tag', key: '', test: 'is', value: '' },
};

/** The conditions as chips, a form to add one, and the filter they make as GraphQL. */
export function FilterEditor() {
  const { view, names } = useContext(SessionContext);
  const conditions = useStore(view, (state) => state.conditions);
  const search = useStore(view, (state) => state.search);
  const [draft, setDraft] = useState<Condition | null>(null);
  const filter = toRunFilter(search, conditions);
  const begin = () => {
    names.need();
    setDraft(draft ? null : blank.status);
  };
  const add = () => {
    if (!draft || conditionProblem(draft)) return;
    view.set({ conditions: [...conditions, draft] });
    setDraft(null);
  };
  return (
    <div class="filter" data-wide={draft !== null || filter !== undefined}>
      <div class="chips">
        {conditions.map((condition, index) => (
          <span class="chip" key={JSON.stringify(condition)}>
            {conditionText(condition)}
            <button
              type="button"
              aria-label={`Remove ${conditionText(condition)}`}
              onClick={() => view.set({ conditions: conditions.filter((_each, other) => other !== index) })}
            >
              ×
            </button>
          </span>
        ))}
        <button type="button" class="quiet" aria-expanded={draft !== null} onClick={begin}>
          + Filter
        </button>
        {filter && (
          <details class="as-graphql">
            <summary>as GraphQL</summary>
            <pre>{`filter: ${literal(filter)}`}</pre>
          </details>
        )}
      </div>
      {draft && (
        <form
          class="editor"
          onSubmit={(event) => {
            event.preventDefault();
            add();
          }}
        >
          <Choice label="On" value={draft.on} options={kinds} onChange={(on) => setDraft(blank[on])} />
          <ConditionFields draft={draft} onChange={setDraft} />
          <button type="submit" disabled={conditionProblem(draft) !== null} title={conditionProblem(draft) ?? ''}>
            Add
          </button>
        </form>
      )}
    </div>
  );
}

function ConditionFields({ draft, onChange }: { readonly draft: Condition; readonly onChange: (condition: Condition) => void }) {
  const { names } = useContext(SessionContext);
  const known = useStore(names.state, (state) => state);
  switch (draft.on) {
    case 'status':
      return (
        <fieldset>
          <legend class="hidden">Statuses</legend>
          {statuses.map((status) => (
            <label key={status} class="check">
              <input
                type="checkbox"
                checked={draft.any.includes(status)}
                onChange={(event) =>
                  onChange({
                    on: 'status',
                    any: event.currentTarget.checked ? [...draft.any, status] : draft.any.filter((each) => each !== status),
                  })
                }
              />
              {status.toLowerCase()}
            </label>
          ))}
        </fieldset>
      );
    case 'source':
    case 'experiment':
      return (
        <Field
          label={`Name of the ${draft.on}`}
          value={draft.name}
          options={draft.on === 'source' ? known.sources : known.experiments}
          onChange={(name) => onChange({ ...draft, name })}
        />
      );
    case 'metric':
      return (
        <>
          <Choice
            label="Value"
            value={draft.aggregate}
            options={['LAST', 'MIN', 'MAX'] as const}
            onChange={(aggregate) => onChange({ ...draft, aggregate })}
          />
          <Field label="Metric" value={draft.key} options={known.metrics} onChange={(key) => onChange({ ...draft, key })} />
          <Choice label="Test" value={draft.test} options={metricTests} text={testText} onChange={(test) => onChange({ ...draft, test })} />
          {!['isNaN', 'exists', 'missing'].includes(draft.test) && (
            <Field label="Number" value={draft.value} onChange={(value) => onChange({ ...draft, value })} />
          )}
        </>
      );
    case 'param':
    case 'tag':
      return (
        <>
          <Field
            label={`Key of the ${draft.on}`}
            value={draft.key}
            options={draft.on === 'param' ? known.params : []}
            onChange={(key) => onChange({ ...draft, key })}
          />
          <Choice label="Test" value={draft.test} options={keyedTests} text={testText} onChange={(test) => onChange({ ...draft, test })} />
          {!['exists', 'missing'].includes(draft.test) && (
            <Field label="Value" value={draft.value} onChange={(value) => onChange({ ...draft, value })} />
          )}
        </>
      );
  }
}
