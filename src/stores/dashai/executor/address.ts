import { refuse } from '../../../core/errors.js';

/** Where DashAI's REST API is. */
export interface ExecutorAddress {
  /** The API's root without credentials, `http://127.0.0.1:8000/api/v1`; it may be logged. */
  readonly root: string;
  /** What the credentials of the address become; `fetch` takes none inside an address. */
  readonly authorization: string | null;
}

const apiPath = '/api/v1';

/**
 * Reads `dashaiUrl`. A path in front of DashAI's own (behind a proxy) is kept, with or without `/api/v1` at its end.
 * @throws INVALID when it is no http or https address; the text never repeats the address, which may hold a password
 */
export function parseExecutorAddress(url: string): ExecutorAddress {
  if (!URL.canParse(url)) throw notAnAddress();
  const parsed = new URL(url);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') throw notAnAddress();
  const path = parsed.pathname.replace(/\/+$/, '');
  const { username, password } = parsed;
  return {
    root: parsed.origin + (path.endsWith(apiPath) ? path : path + apiPath),
    authorization: username || password ? basic(username, password) : null,
  };
}

const notAnAddress = () => refuse('INVALID', 'dashaiUrl must be an http or https address, such as http://127.0.0.1:8000.', ['dashaiUrl']);

const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that stands for itself.
    return text;
  }
}
