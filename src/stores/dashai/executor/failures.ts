import type { RuleErrorCode } from '../../../core/errors.js';
import { ExecutorError, trimmed, type Outcome } from './executor-error.js';

/** Failures of the way whose request surely never arrived. */
const neverSent: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its host name cannot be looked up now',
  EHOSTUNREACH: 'its host cannot be reached',
  ENETUNREACH: 'its network cannot be reached',
  UND_ERR_CONNECT_TIMEOUT: 'it does not take connections',
};

/** What the way to DashAI broke with, as `fetch` or the reading of its answer threw it. */
export function wayFailed(error: unknown, root: string): ExecutorError {
  if (error instanceof ExecutorError) return error;
  if (nameOf(error) === 'TimeoutError') return unavailable(root, 'it did not answer in time', 'UNKNOWN');
  if (nameOf(error) === 'AbortError') return unavailable(root, 'the server is stopping', 'UNKNOWN');
  const code = codeOf(error);
  const reason = neverSent[code];
  if (reason) return unavailable(root, `${reason} (${code})`, 'NOT_DONE');
  return unavailable(root, `the connection broke${code && ` (${code})`}`, 'UNKNOWN');
}

const unavailable = (root: string, reason: string, outcome: Outcome): ExecutorError =>
  new ExecutorError('EXECUTOR_UNAVAILABLE', `DashAI at ${root} is not available: ${reason}.`, outcome);

const nameOf = (error: unknown): string => (error instanceof Error || error instanceof DOMException ? error.name : '');

// undici wraps what happened: TypeError "fetch failed", whose cause (or the first of whose causes) has the code.
function codeOf(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at instanceof AggregateError ? at.errors[0] : at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return '';
}

const codes: Readonly<Record<number, RuleErrorCode>> = {
  400: 'INVALID',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  422: 'INVALID',
  502: 'EXECUTOR_UNAVAILABLE',
  503: 'EXECUTOR_UNAVAILABLE',
  504: 'EXECUTOR_UNAVAILABLE',
};

/** An answer that is a refusal or a failure. `body` is the answer's JSON, or its text when it is none. */
export function answerFailed(status: number, body: unknown, root: string): ExecutorError {
  if (status >= 300 && status < 400)
    return failed(status, `DashAI at ${root} redirects elsewhere; set dashaiUrl to the address it names.`, '');
  const { said, field } = readDetail(body);
  // Starlette's own words where no route takes the path; DashAI always says what it did not find.
  if (status === 404 && (said === 'Not Found' || said === ''))
    return failed(status, `There is no DashAI REST API at ${root}; set dashaiUrl to the address DashAI is served at.`, said);
  const code = codes[status] ?? 'EXECUTOR_FAILED';
  // A gateway's answer tells nothing about the server behind it.
  const outcome: Outcome = code === 'EXECUTOR_UNAVAILABLE' ? 'UNKNOWN' : 'NOT_DONE';
  const message = said ? `DashAI (${status}): ${said}` : `DashAI answered with status ${status}.`;
  return new ExecutorError(code, message, outcome, field, status, said);
}

const failed = (status: number, message: string, said: string): ExecutorError =>
  new ExecutorError('EXECUTOR_FAILED', message, 'NOT_DONE', null, status, said);

interface Complaint {
  readonly loc: readonly unknown[];
  readonly msg: string;
}

/** FastAPI's `detail`: a text, or one complaint for each field it could not read. */
function readDetail(body: unknown): { readonly said: string; readonly field: readonly string[] | null } {
  // Pages of proxies and front ends are no words to repeat.
  if (typeof body === 'string') return { said: /^\s*</.test(body) ? '' : trimmed(body), field: null };
  const detail = (body as { readonly detail?: unknown } | null)?.detail;
  if (typeof detail === 'string') return { said: trimmed(detail), field: null };
  if (!Array.isArray(detail)) return { said: detail == null ? '' : trimmed(JSON.stringify(detail)), field: null };
  const complaints = detail.filter(isComplaint);
  const said = trimmed(complaints.map(({ loc, msg }) => `${loc.slice(1).join('.')}: ${msg}`).join('; '));
  return { said, field: complaints[0] ? inputPath(complaints[0].loc) : null };
}

const isComplaint = (value: unknown): value is Complaint =>
  typeof value === 'object' &&
  value !== null &&
  'loc' in value &&
  Array.isArray(value.loc) &&
  'msg' in value &&
  typeof value.msg === 'string';

/** `['body', 'dataset_id']` is the input field `datasetId`: inputs of the client are called as DashAI's fields, in our case. */
const inputPath = (loc: readonly unknown[]): readonly string[] =>
  loc.slice(1).map((part) => String(part).replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
