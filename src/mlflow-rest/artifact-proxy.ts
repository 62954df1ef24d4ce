import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { artifactNames, decodeArtifactPath } from '../core/artifact-path.js';
import { RuleError } from '../core/errors.js';
import { isOwnOrigin } from '../core/own-origin.js';
import { bodyOf, dropUnread } from '../core/unread-body.js';
import { withConnection } from '../core/with-connection.js';
import type { ArtifactStore } from '../stores/artifacts/artifact-store.js';
import { requireSize } from '../stores/artifacts/checked-content.js';
import { putChecked, type RunArtifacts } from '../stores/artifacts/run-artifacts.js';
import { toFiles } from './artifact-files.js';
import { RestError, restStatuses } from './rest-error.js';
import { hasLeft, toRestError } from './rest-failure.js';

type Proxied = Pick<RunArtifacts, 'proxied' | 'maxBytes'>;

/**
 * Serves what MLflow's clients use for `mlflow-artifacts:` locations, below `/api` and `/ajax-api`: files as raw bytes
 * (`GET`, `PUT`, `DELETE …/mlflow-artifacts/artifacts/<path>`) and lists of them (`…/artifacts?path=`). Uploads in parts and
 * signed addresses are not offered; clients then send and fetch files whole.
 */
export function serveArtifactProxy(app: FastifyInstance, artifacts: Proxied): void {
  for (const prefix of ['/api', '/ajax-api']) {
    void app.register(
      (scope, _options, done) => {
        scope.removeAllContentTypeParsers();
        scope.addContentTypeParser('*', (_request, _body, parsed) => parsed(null));
        scope.setErrorHandler(answerError);
        serveFiles(scope, artifacts);
        for (const path of ['mpu/create', 'mpu/complete', 'mpu/abort']) scope.post(`/${path}/*`, notOffered('Multipart upload'));
        scope.get('/presigned/*', notOffered('Multipart download'));
        done();
      },
      { prefix: `${prefix}/2.0/mlflow-artifacts` },
    );
  }
}

function serveFiles(scope: FastifyInstance, { proxied, maxBytes }: Proxied): void {
  scope.get<{ Querystring: { path?: string | string[] } }>('/artifacts', async ({ query }, reply) => {
    const names = artifactNames([query.path ?? ''].flat()[0]!);
    return reply.type('application/json').send(await filesOf(proxied, names));
  });
  scope.route({
    method: ['GET', 'HEAD'],
    url: '/artifacts/*',
    handler: async (request, reply) => {
      const names = namesOf(request);
      const file = names.length === 0 ? null : await proxied.open(names);
      if (!file) throw new RestError('RESOURCE_DOES_NOT_EXIST', `There is no artifact ${names.join('/')}.`);
      void reply.headers({ ...download, 'content-length': file.bytes });
      if (request.method !== 'HEAD') return reply.send(withConnection(request.raw, await file.read()));
      await file.close(); // else the server would read all of it, to send none
      return reply.send();
    },
  });
  scope.put('/artifacts/*', async (request, reply) => {
    requireOwnOrigin(request);
    const length = request.headers['content-length'];
    if (length !== undefined) requireSize(Number(length), maxBytes);
    await putChecked(proxied, requirePath(namesOf(request)), bodyOf(request.raw), { maxBytes });
    return reply.send({});
  });
  scope.delete('/artifacts/*', async (request, reply) => {
    requireOwnOrigin(request);
    await proxied.remove(requirePath(namesOf(request)));
    return reply.send({});
  });
}

/** Nothing a browser would show, or run. */
const download = {
  'content-type': 'application/octet-stream',
  'content-disposition': 'attachment',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "sandbox; default-src 'none'",
};

/** The list of a folder as a stream of JSON; of a file, and of nothing, an empty object, as MLflow's server says it. */
async function filesOf(store: ArtifactStore, names: readonly string[]): Promise<Readable | object> {
  const batches = store.batches(names)[Symbol.asyncIterator]();
  // The first batch before the answer begins: what fails has a status of its own.
  const first = await batches.next();
  if (first.done || first.value.length === 0) return {};
  async function* json() {
    yield `{"files":${JSON.stringify(toFiles('', first.value as never)).slice(0, -1)}`;
    for (let next = await batches.next(); !next.done; next = await batches.next())
      if (next.value.length > 0) yield `,${JSON.stringify(toFiles('', next.value)).slice(1, -1)}`;
    yield ']}';
  }
  return Readable.from(json());
}

/** The names behind `/mlflow-artifacts/artifacts/`, as they were sent: the router's own decoding would lose what `%2F` was. */
function namesOf(request: FastifyRequest): readonly string[] {
  const [path = ''] = request.raw.url!.split(/[?#]/, 1);
  return decodeArtifactPath(path.replace(/^.*?\/mlflow-artifacts\/artifacts\//, ''));
}

function requirePath(names: readonly string[]): readonly string[] {
  if (names.length > 0) return names;
  throw new RestError('INVALID_PARAMETER_VALUE', 'The path of the artifact is missing.');
}

function requireOwnOrigin({ headers }: FastifyRequest): void {
  if (!isOwnOrigin(headers)) throw new RestError('PERMISSION_DENIED', 'A page of another origin may not write here.');
}

/** MLflow's client knows by these words, not by the code, that it has to send the file whole. */
const notOffered = (what: string) => (): never => {
  throw new RestError('NOT_IMPLEMENTED', `${what} is not supported for the current artifact repository`);
};

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  dropUnread(request.raw);
  const { code, message } = toRestError(error) ?? unexpected(error, request);
  const status = error instanceof RuleError && error.code === 'TOO_LARGE' ? 413 : restStatuses[code];
  return reply.code(status).removeHeader('content-length').type('application/json').send({ error_code: code, message });
}

function unexpected(error: unknown, { raw, log }: FastifyRequest): RestError {
  if (hasLeft(raw)) return new RestError('BAD_REQUEST', 'The client went away.');
  const { statusCode = 500, message } = error as { statusCode?: number; message: string };
  if (statusCode < 500) return new RestError('BAD_REQUEST', message);
  log.error({ err: error }, 'a request for artifacts failed by a defect');
  return new RestError('INTERNAL_ERROR', 'Internal error.');
}
