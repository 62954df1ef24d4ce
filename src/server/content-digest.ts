import type { IncomingHttpHeaders } from 'node:http';
import { refuse } from '../core/errors.js';

/**
 * The SHA-256 that a client says its file has, in small hexadecimal digits: `?sha256=` in hexadecimal, or `Content-Digest`,
 * `Repr-Digest` (RFC 9530) or `Digest` (RFC 3230) in Base64. Null when it says none; other algorithms are not looked at.
 * @throws RuleError INVALID when what it says cannot be a SHA-256
 */
export function expectedSha256(query: unknown, headers: IncomingHttpHeaders): string | null {
  if (query !== undefined) {
    if (typeof query === 'string' && /^[0-9a-f]{64}$/i.test(query)) return query.toLowerCase();
    throw refuse('INVALID', 'sha256 must be 64 hexadecimal digits.', ['sha256']);
  }
  for (const name of ['content-digest', 'repr-digest', 'digest']) {
    const [, given] = /(?:^|[,\s])sha-256=([^,\s]*)/i.exec(String(headers[name] ?? '')) ?? [];
    if (given === undefined) continue;
    const digest = Buffer.from(given.replaceAll(':', ''), 'base64');
    if (digest.length !== 32) throw refuse('INVALID', `${name} must have the 32 bytes of a SHA-256 in Base64.`, [name]);
    return digest.toString('hex');
  }
  return null;
}
