import { useContext } from 'preact/hooks';
import { keys } from '../state/keyboard.js';
import { Dialog } from './Dialog.js';
import { SessionContext } from './session-context.js';

/** Explains the keys. */
export function KeysDialog() {
  const { ui } = useContext(SessionContext);
  return (
    <Dialog title="Keys" onClose={() => ui.set({ dialog: null })}>
      <dl class="keys">
        {keys.map(([key, text]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <p class="muted">On a chart: drag to zoom, double-click to show everything.</p>
    </Dialog>
  );
}
