import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { artifactAddress, decodeArtifactPath } from '../core/artifact-path.js';
import { fail, refuse, RequestError, RuleError } from '../core/errors.js';
import type { NativeRef } from '../core/ids.js';
import { isOwnOrigin } from '../core/own-origin.js';
import { bodyOf, dropUnread } from '../core/unread-body.js';
import { answerFile, type ServedFile } from './artifact-answer.js';
import { expectedSha256 } from './content-digest.js';

/** What keeps the files of runs; each method throws RequestError or RuleError. */
export interface ServedArtifacts {
  open(run: NativeRef, names: readonly string[]): Promise<ServedFile>;
  put(
    run: NativeRef,
    names: readonly string[],
    file: { readonly content: AsyncIterable<Uint8Array>; readonly bytes: number | null; readonly sha256: string | null },
  ): Promise<{ readonly bytes: number; readonly sha256: string }>;
  remove(run: NativeRef, names: readonly string[]): Promise<void>;
}

const prefix = '/artifacts/';

/**
 * Serves the files of runs on `/artifacts/<source>/<native id of the run>/<path>`: GET and HEAD with ranges and validators,
 * and for runs of `local` PUT, which writes a file anew or not at all, and DELETE, of folders with all that is in them.
 */
export function serveArtifacts(app: FastifyInstance, artifacts: ServedArtifacts): void {
  void app.register((scope, _options, done) => {
    // Files are whatever their writers say they are: the body is not looked at, and goes on as the stream it is.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _body, parsed) => parsed(null));
    scope.setErrorHandler((error, request, reply) => answerError(error, request, reply));
    scope.route<{ Querystring: { download?: string } }>({
      method: ['GET', 'HEAD'],
      url: `${prefix}*`,
      async handler(request, reply) {
        const { run, names } = addressOf(request);
        return answerFile(request, reply, await artifacts.open(run, names), names.at(-1)!);
      },
    });
    scope.route<{ Querystring: { sha256?: unknown } }>({
      method: 'PUT',
      url: `${prefix}*`,
      async handler(request, reply) {
        requireOwnOrigin(request);
        const { run, names } = addressOf(request);
        const sha256 = expectedSha256(request.query.sha256, request.headers);
        const file = { content: bodyOf(request.raw), bytes: lengthOf(request), sha256 };
        const url = artifactAddress(run.source, run.nativeId, names);
        const received = await artifacts.put(run, names, file);
        return reply
          .code(201)
          .header('location', url)
          .send({ path: names.join('/'), url, ...received });
      },
    });
    scope.delete(`${prefix}*`, async (request, reply) => {
      requireOwnOrigin(request);
      const { run, names } = addressOf(request);
      await artifacts.remove(run, names);
      return reply.code(204).send();
    });
    done();
  });
}

/** The run and the path of an address, each name decoded once. @throws RequestError NOT_FOUND, RuleError INVALID */
function addressOf(request: FastifyRequest): { run: NativeRef; names: readonly string[] } {
  const [path = ''] = request.raw.url!.split(/[?#]/, 1);
  const [source, nativeId, ...names] = decodeArtifactPath(path.slice(prefix.length));
  if (source !== undefined && nativeId !== undefined && names.length > 0) return { run: { source, nativeId }, names };
  throw fail('NOT_FOUND', 'Files are at /artifacts/<source>/<run>/<path>; which there are says Run.artifacts of the API.');
}

function lengthOf({ headers }: FastifyRequest): number | null {
  const length = headers['content-length'];
  return length === undefined ? null : Number(length);
}

// A browser asks before it sends such a request from a page of another origin, and nobody answers that; this is the second lock.
function requireOwnOrigin({ headers }: FastifyRequest): void {
  if (!isOwnOrigin(headers)) throw fail('FORBIDDEN', 'A page of another origin may not write here.');
}

const statuses: Readonly<Record<string, number>> = {
  INVALID: 400,
  FORBIDDEN: 403,
  READ_ONLY: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  TOO_LARGE: 413,
  SOURCE_UNAVAILABLE: 503,
  SOURCE_TIMEOUT: 503,
};

const fileHeaders = /^(content-(type|length|range|disposition)|etag|last-modified|accept-ranges)$/;

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  dropUnread(request.raw);
  const known = error instanceof RequestError || error instanceof RuleError ? error : undefined;
  if (!known) throw goneOr(error, request);
  // The answer may have begun as one with the file.
  for (const name of Object.keys(reply.getHeaders())) if (fileHeaders.test(name)) void reply.removeHeader(name);
  const argument = known instanceof RequestError ? known.detail.argument : known.field?.join('.');
  return reply
    .code(statuses[known.code] ?? 400)
    .send({ errors: [{ message: known.message, extensions: { code: known.code, ...(argument && { argument }) } }] });
}

/** Who goes away while a file is sent makes no defect of the server. */
const goneOr = (error: unknown, { raw }: FastifyRequest): unknown =>
  raw.destroyed || raw.readableAborted ? Object.assign(refuse('INVALID', 'The client went away.'), { statusCode: 400 }) : error;
