import { graphql, type Requester } from './document.js';
import { NetworkError, RequestFailed, type GraphQLErrorEntry } from './errors.js';
import { toNetworkError } from './http.js';
import type { LiveEndpoint } from './subscription.js';

/** What of a file is wanted. */
export interface DownloadOptions {
  /** First and last byte, both included; the last one may be left out. */
  readonly range?: readonly [start: number, end?: number] | undefined;
  /** Gives the download up, also while its body is read. */
  readonly signal?: AbortSignal | undefined;
}

/** How a file is sent. */
export interface UploadOptions {
  /** SHA-256 it has, 64 hexadecimal digits: another one is refused, and not kept. */
  readonly sha256?: string | undefined;
  /** Gives the upload up; nothing of it is kept. */
  readonly signal?: AbortSignal | undefined;
}

/** A file that was written. */
export interface UploadedArtifact {
  readonly path: string;
  /** Where it is downloaded, below the origin of the server. */
  readonly url: string;
  readonly bytes: number;
  /** SHA-256, 64 hexadecimal digits. */
  readonly sha256: string;
}

/** The run, as addresses of its files have it. */
const Place = graphql<{ run: { sourceName: string; nativeId: string } | null }, { id: string }>(
  'query ($id: ID!) { run(by: { id: $id }) { sourceName nativeId } }',
);

/** What of an artifact is requested. */
export interface FileRequest extends RequestInit {
  readonly path: string;
  /** With its question mark. */
  readonly query?: string | undefined;
}

/**
 * Requests a file of a run; its address is beside that of the API.
 * @throws RequestFailed what the server refused; NetworkError when it cannot be reached
 */
export async function requestFile(
  { socketUrl, headers, fetch }: LiveEndpoint,
  client: Requester,
  id: string,
  { path, query = '', ...init }: FileRequest,
): Promise<Response> {
  // They would be taken out of the address on its way, and lead to something else.
  if (/(^|\/)\.{0,2}(\/|$)/.test(path)) throw refused('INVALID', `${JSON.stringify(path)} is no path of a file.`);
  const { run } = await client.query(Place, { id });
  if (!run) throw refused('NOT_FOUND', `There is no run ${JSON.stringify(id)}.`);
  const names = [run.sourceName, run.nativeId, ...path.split('/')].map(encodeURIComponent).join('/');
  const url = new URL(`artifacts/${names}${query}`, socketUrl.replace(/^ws/, 'http')).href;
  try {
    const response = await fetch(url, { ...init, headers: { ...headers, ...init.headers } });
    if (response.ok) return response;
    const { status } = response;
    const answer = (await response.json().catch(() => null)) as { errors?: readonly GraphQLErrorEntry[] } | null;
    throw answer?.errors ? new RequestFailed(answer.errors, { status }) : new NetworkError(`${url} answered ${status}.`, { status });
  } catch (error) {
    throw init.signal?.aborted ? error : toNetworkError({ url }, error);
  }
}

const refused = (code: string, message: string): RequestFailed => new RequestFailed([{ message, extensions: { code } }]);
