import { useContext, useEffect } from 'preact/hooks';
import { listenToKeys } from '../state/keyboard.js';
import { useStore } from '../state/use-store.js';
import { CopyDialog } from './CopyDialog.js';
import { CurvesPane } from './CurvesPane.js';
import { Header } from './Header.js';
import { KeysDialog } from './KeysDialog.js';
import { RunsPane } from './RunsPane.js';
import { SessionContext } from './session-context.js';

/** The page: runs on the left, their curves on the right; on a narrow screen one of them. */
export function App() {
  const session = useContext(SessionContext);
  const { view, ui } = session;
  const pane = useStore(view, (state) => state.pane);
  const count = useStore(view, (state) => state.selected.length);
  const dialog = useStore(ui, (state) => state.dialog);
  useEffect(() => listenToKeys(session), [session]);
  return (
    <>
      <Header />
      <nav class="panes" aria-label="Parts of the page">
        <button type="button" aria-pressed={pane === 'runs'} onClick={() => view.set({ pane: 'runs' })}>
          Runs
        </button>
        <button type="button" aria-pressed={pane === 'curves'} onClick={() => view.set({ pane: 'curves' })}>
          Curves{count > 0 ? ` (${count})` : ''}
        </button>
      </nav>
      <main data-pane={pane}>
        <RunsPane />
        <CurvesPane />
      </main>
      {dialog === 'keys' && <KeysDialog />}
      {dialog === 'copy' && <CopyDialog />}
    </>
  );
}
