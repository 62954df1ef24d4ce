import { useContext, useState } from 'preact/hooks';
import type { RunOrderField } from '@rungraph/sdk';
import { likelyBest } from '../model/metric-groups.js';
import { orderFields, orderText, type Order } from '../model/order.js';
import { useStore } from '../state/use-store.js';
import { Choice, Field } from './fields.js';
import { SessionContext } from './session-context.js';

/** What the list is sorted by: a field, a shown metric, or any other metric or param. */
export function OrderPicker() {
  const { view, list, names } = useContext(SessionContext);
  const order = useStore(view, (state) => state.order);
  const columns = useStore(list.state, (state) => state.columns);
  const [other, setOther] = useState<'metric' | 'param' | null>(null);
  const [key, setKey] = useState('');
  const known = useStore(names.state, (state) => state);

  const orders: Order[] = [
    ...orderFields.map(([field]): Order => ({
      by: 'field',
      field,
      direction: field === 'STARTED_AT' || field === 'DURATION' ? 'DESC' : 'ASC',
    })),
    ...columns.map(({ key: metric, aggregate }): Order => ({
      by: 'metric',
      key: metric,
      aggregate,
      direction: aggregate === 'MIN' ? 'ASC' : 'DESC',
    })),
  ];
  const isListed = orders.some((each) => orderText(each) === orderText(order));
  const choose = (text: string) => {
    if (text === '+metric' || text === '+param') {
      names.need();
      setOther(text === '+metric' ? 'metric' : 'param');
    } else {
      setOther(null);
      const chosen = orders.find((each) => orderText(each) === text);
      if (chosen) view.set({ order: chosen });
    }
  };
  const addOther = () => {
    if (key === '') return;
    const best = likelyBest(key);
    view.set({
      order:
        other === 'metric'
          ? { by: 'metric', key, aggregate: best, direction: best === 'MIN' ? 'ASC' : 'DESC' }
          : { by: 'param', key, as: 'NUMBER', direction: 'ASC' },
    });
    setOther(null);
    setKey('');
  };
  return (
    <span class="order">
      <label>
        <span class="muted">Order</span>{' '}
        <select value={other ? `+${other}` : orderText(order)} onChange={(event) => choose(event.currentTarget.value)}>
          {!isListed && <option value={orderText(order)}>{orderText(order)}</option>}
          {orders.map((each) => (
            <option key={orderText(each)} value={orderText(each)}>
              {orderText(each)}
            </option>
          ))}
          <option value="+metric">another metric …</option>
          <option value="+param">a param …</option>
        </select>
      </label>
      <button
        type="button"
        class="quiet"
        aria-label={order.direction === 'ASC' ? 'Smallest first; turn around' : 'Largest first; turn around'}
        title={order.direction === 'ASC' ? 'Smallest first' : 'Largest first'}
        onClick={() => view.set({ order: { ...order, direction: order.direction === 'ASC' ? 'DESC' : 'ASC' } })}
      >
        {order.direction === 'ASC' ? '↑' : '↓'}
      </button>
      {order.by === 'metric' && (
        <Choice
          label="Value of the metric"
          value={order.aggregate}
          options={['LAST', 'MIN', 'MAX'] as const}
          onChange={(aggregate) => view.set({ order: { ...order, aggregate } })}
        />
      )}
      {order.by === 'param' && (
        <Choice
          label="Read the param as"
          value={order.as}
          options={['NUMBER', 'STRING'] as const}
          text={(as) => (as === 'NUMBER' ? 'as number' : 'as text')}
          onChange={(as) => view.set({ order: { ...order, as } })}
        />
      )}
      {other && (
        <form
          class="editor"
          onSubmit={(event) => {
            event.preventDefault();
            addOther();
          }}
        >
          <Field label={`Key of the ${other}`} value={key} options={other === 'metric' ? known.metrics : known.params} onChange={setKey} />
          <button type="submit">Sort</button>
        </form>
      )}
    </span>
  );
}

/** The order of a head of the table that was clicked: turned around when it is the order already. */
export function clicked(order: Order, field: RunOrderField, first: 'ASC' | 'DESC'): Order {
  if (order.by === 'field' && order.field === field) return { ...order, direction: order.direction === 'ASC' ? 'DESC' : 'ASC' };
  return { by: 'field', field, direction: first };
}
