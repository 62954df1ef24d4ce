import { Readable } from 'node:stream';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isOwnOrigin } from '../core/own-origin.js';
import { answerJson } from './json-stream.js';
import { knownEndpoints } from './known-endpoints.js';
import { RestError, restStatuses } from './rest-error.js';
import { hasLeft, toRestError } from './rest-failure.js';
import { parseBody, toJson } from './rest-json.js';
import type { RestRequest, Route } from './route.js';

/**
 * The version of MLflow whose REST API this is. Clients ask for it at `/version`: before they send spans they want at least 3.4.
 */
export const restVersion = '3.17.2';

const prefixes = ['/api', '/ajax-api'] as const;

/**
 * Serves MLflow's REST API below `/api` and, as MLflow does for its page, below `/ajax-api`. Errors have MLflow's form;
 * endpoints MLflow has and we have not are answered 501, others 404. Bodies must be `application/json`, and web pages of
 * other origins are refused: a page a user happens to visit must not write.
 * @param maxBodyBytes for the message; the limit itself is the server's
 */
export function serveMlflowRest(app: FastifyInstance, routes: readonly Route[], { maxBodyBytes }: { readonly maxBodyBytes: number }): void {
  for (const prefix of prefixes) void app.register(scopeOf(routes, maxBodyBytes), { prefix });
  app.get('/version', (_request, reply) => reply.type('text/plain').send(restVersion));
  app.get('/health', (_request, reply) => reply.type('text/plain').send('OK'));
}

const scopeOf =
  (routes: readonly Route[], maxBodyBytes: number) =>
  (scope: FastifyInstance, _options: object, done: () => void): void => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, parsed) => parsed(null, body));
    scope.setErrorHandler((error: FastifyError, request, reply) => sendError(error, request, reply, maxBodyBytes));
    scope.setNotFoundHandler((request, reply) => {
      const message = `There is no endpoint ${request.method} ${request.url.replace(/\?.*$/s, '')}.`;
      return send(reply, new RestError('ENDPOINT_NOT_FOUND', message));
    });
    scope.addHook('onRequest', refuseForeignPages);
    for (const { method, path, answer } of routes) {
      scope.route({
        method,
        url: path,
        // A query string is no body: a link or a form of another page could carry it.
        handler: async (request, reply) => sendAnswer(reply, await answer(toRestRequest(request))),
      });
    }
    const served = new Set(routes.map(shapeOf));
    for (const endpoint of knownEndpoints.filter((known) => !served.has(shapeOf(known)))) {
      const message = `RunGraph does not offer ${endpoint.method} ${endpoint.path}.`;
      scope.route({
        method: endpoint.method,
        url: endpoint.path,
        handler: (_request, reply) => send(reply, new RestError('NOT_IMPLEMENTED', message)),
      });
    }
    done();
  };

/** An endpoint whatever its parameters are called. */
const shapeOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path.replace(/:\w+/g, ':')}`;

function refuseForeignPages({ method, headers }: FastifyRequest, reply: FastifyReply, done: () => void): void {
  if (method === 'GET' || method === 'HEAD' || isOwnOrigin(headers)) return done();
  void send(reply, new RestError('PERMISSION_DENIED', 'Cross-origin request blocked: a page of another origin may not write here.'));
}

function toRestRequest({ method, url, params, body }: FastifyRequest): RestRequest {
  const at = url.indexOf('?');
  return {
    path: params as Record<string, string>,
    query: new URLSearchParams(method === 'GET' && at >= 0 ? url.slice(at) : ''),
    body: typeof body === 'string' ? parseBody(body) : {},
  };
}

const sendAnswer = (reply: FastifyReply, answer: unknown): FastifyReply =>
  reply.type('application/json').send(isJsonAlready(answer) ? answer : answerJson(answer));

const isJsonAlready = (answer: unknown): boolean => typeof answer === 'string' || answer instanceof Readable;

function sendError(error: FastifyError, request: FastifyRequest, reply: FastifyReply, maxBodyBytes: number): FastifyReply {
  const known = toRestError(error);
  if (known) return send(reply, known);
  const status = error.statusCode ?? 500;
  if (status === 413) {
    // Closing while the client still sends would reset its connection before it has read the answer.
    void reply.removeHeader('connection');
    const message = `The request body has more than ${maxBodyBytes} bytes; send less at once.`;
    return send(reply, new RestError('INVALID_PARAMETER_VALUE', message), status);
  }
  if (status === 415) {
    return send(reply, new RestError('INVALID_PARAMETER_VALUE', "Bad Request. Content-Type must be one of ['application/json']."));
  }
  if (status < 500) return send(reply, new RestError('BAD_REQUEST', error.message), status);
  if (!hasLeft(request.raw)) request.log.error({ err: error }, 'a request of MLflow’s API failed by a defect');
  return send(reply, new RestError('INTERNAL_ERROR', 'Internal error.'));
}

const send = (reply: FastifyReply, { code, message }: RestError, status: number = restStatuses[code]): FastifyReply =>
  reply
    .code(status)
    .type('application/json')
    .send(toJson({ error_code: code, message }));
