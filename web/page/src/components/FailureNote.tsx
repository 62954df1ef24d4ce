import type { Failure } from '../state/failure.js';

/** What went wrong: the code, the words of the server, and what can be done. */
export function FailureNote({ failure: { code, message, wayOut }, onRetry }: { readonly failure: Failure; readonly onRetry?: () => void }) {
  return (
    <div class="failure" role="alert">
      <p>
        <code>{code}</code> {message}
      </p>
      {wayOut !== '' && <p class="muted">{wayOut}</p>}
      {onRetry && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
