import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

/** Copies a text; says whether that worked. */
export function CopyButton({
  text,
  children,
  isQuiet = false,
}: {
  readonly text: string;
  readonly children: ComponentChildren;
  readonly isQuiet?: boolean;
}) {
  const [said, setSaid] = useState<string | null>(null);
  const copy = async () => {
    setSaid((await toClipboard(text)) ? 'Copied' : 'Select the text and copy it');
    setTimeout(() => setSaid(null), 1_500);
  };
  return (
    <button type="button" class={isQuiet ? 'quiet' : ''} onClick={() => void copy()}>
      {said ?? children}
    </button>
  );
}

/** Pages without TLS on another host than localhost have no clipboard. */
async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
