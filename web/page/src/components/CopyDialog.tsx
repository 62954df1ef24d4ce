import { useContext, useState } from 'preact/hooks';
import { curlText, variablesText } from '../model/graphql-text.js';
import { questionsOf } from '../model/questions.js';
import { useStore } from '../state/use-store.js';
import { CopyButton } from './CopyButton.js';
import { Dialog } from './Dialog.js';
import { SessionContext } from './session-context.js';

/** What is on the screen as documents with variables, which run as they are in GraphiQL or with curl. */
export function CopyDialog() {
  const { ui, view, list, url } = useContext(SessionContext);
  const state = useStore(view, (all) => all);
  const columns = useStore(list.state, (all) => all.columns);
  const questions = questionsOf(state, columns);
  const [chosen, setChosen] = useState(0);
  const { document, variables, isLive } = questions[chosen] ?? questions[0]!;
  return (
    <Dialog title="Copy as GraphQL" onClose={() => ui.set({ dialog: null })}>
      <div class="segments" role="group" aria-label="What to copy">
        {questions.map(({ title }, index) => (
          <button type="button" key={title} aria-pressed={index === chosen} onClick={() => setChosen(index)}>
            {title}
          </button>
        ))}
      </div>
      <pre class="document">{document}</pre>
      <pre class="document">{variablesText(variables)}</pre>
      <div class="line">
        <CopyButton text={document}>Copy document</CopyButton>
        <CopyButton text={variablesText(variables)}>Copy variables</CopyButton>
        {!isLive && <CopyButton text={curlText(url, document, variables)}>Copy curl</CopyButton>}
      </div>
    </Dialog>
  );
}
