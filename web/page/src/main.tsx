import { render } from 'preact';
import { App } from './components/App.js';
import { SessionContext, type UiState } from './components/session-context.js';
import { createSession } from './state/session.js';
import { createStore } from './state/store.js';
import './styles/page.css';

const session = { ...createSession(), ui: createStore<UiState>({ row: -1, pointed: null, dialog: null }) };

render(
  <SessionContext.Provider value={session}>
    <App />
  </SessionContext.Provider>,
  document.getElementById('page')!,
);
