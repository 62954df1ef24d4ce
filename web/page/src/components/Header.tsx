import { useContext, useEffect, useReducer } from 'preact/hooks';
import { useStore } from '../state/use-store.js';
import { SessionContext } from './session-context.js';

/** Name, state of the connection, and what concerns the whole page. */
export function Header() {
  const { ui, theme } = useContext(SessionContext);
  const { isDark } = useStore(theme.state, (state) => state);
  return (
    <header class="bar">
      <h1>RunGraph</h1>
      <ConnectionText />
      <span class="space" />
      <button type="button" class="quiet" onClick={() => ui.set({ dialog: 'copy' })}>
        Copy<span class="long"> as GraphQL</span>
      </button>
      <a class="quiet" href="./graphiql/">
        GraphiQL
      </a>
      <button type="button" class="quiet" onClick={theme.toggle} aria-label={isDark ? 'Light colours' : 'Dark colours'} title="Colours">
        {isDark ? 'Light' : 'Dark'}
      </button>
      <button type="button" class="quiet" onClick={() => ui.set({ dialog: 'keys' })} aria-label="Keys" title="Keys">
        ?
      </button>
    </header>
  );
}

function ConnectionText() {
  const { connection } = useContext(SessionContext);
  const { state, retryAt } = useStore(connection.state, (all) => all);
  const [, tick] = useReducer((count: number) => count + 1, 0);
  const secondsLeft = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
  useEffect(() => {
    if (state !== 'waiting') return;
    // The next second of the countdown.
    const timer = setTimeout(() => tick(undefined), 1000);
    return () => clearTimeout(timer);
  });
  const text = {
    live: 'live',
    connecting: 'connecting …',
    waiting: secondsLeft > 0 ? `reconnecting in ${secondsLeft} s` : 'reconnecting …',
    offline: 'offline',
  }[state];
  return (
    <span class="connection" data-state={state} role="status">
      <span class="dot" aria-hidden="true" />
      {text}
    </span>
  );
}
