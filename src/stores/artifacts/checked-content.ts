import { createHash } from 'node:crypto';
import { refuse } from '../../core/errors.js';

/** What content has to be. */
export interface ContentRules {
  readonly maxBytes: number;
  /** SHA-256 it must have, 64 small hexadecimal digits; null: any. */
  readonly sha256?: string | null;
}

/** What content was, once it has ended. */
export interface ReceivedContent {
  readonly bytes: number;
  /** SHA-256, 64 small hexadecimal digits. */
  readonly sha256: string;
}

/**
 * Content that throws at its end, or as soon as it is too large, when it breaks a rule.
 * @throws RuleError TOO_LARGE, or INVALID when it has another SHA-256
 */
export function checkContent(content: AsyncIterable<Uint8Array>, { maxBytes, sha256 = null }: ContentRules) {
  const hash = createHash('sha256');
  let bytes = 0;
  let digest = '';
  async function* checked(): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      bytes += chunk.length;
      requireSize(bytes, maxBytes);
      hash.update(chunk);
      yield chunk;
    }
    digest = hash.digest('hex');
    if (sha256 !== null && digest !== sha256)
      throw refuse('INVALID', `What came has the SHA-256 ${digest}, not ${sha256}: it was changed on its way, and was not kept.`, [
        'sha256',
      ]);
  }
  return { content: checked(), received: (): ReceivedContent => ({ bytes, sha256: digest }) };
}

/** @throws RuleError TOO_LARGE */
export function requireSize(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes) throw refuse('TOO_LARGE', `An artifact has at most ${maxBytes} bytes here (maxArtifactBytes).`, ['path']);
}
