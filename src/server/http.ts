import Fastify, { LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { isLoopbackHeader } from '../core/loopback.js';

export interface HttpOptions {
  /** Whether only requests whose `Host` is this computer are answered. */
  readonly loopbackOnly: boolean;
  readonly maxBodyBytes: number;
  readonly logLevel: string;
}

/** The HTTP server with nothing on it yet but honest errors: whatever goes wrong is JSON with a code. */
export function createHttpServer({ loopbackOnly, maxBodyBytes, logLevel }: HttpOptions): FastifyInstance {
  const app = Fastify({
    bodyLimit: maxBodyBytes,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    logger: { level: logLevel, stream: process.stderr },
    // What is wrong before there is a route: an address that cannot be decoded.
    frameworkErrors: (error, _request, reply: FastifyReply) =>
      void reply.code(400).send({ errors: [{ message: error.message, extensions: { code: 'BAD_REQUEST' } }] }),
  });
  app.setErrorHandler((error: { statusCode?: number; code?: string; message: string }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) request.log.error({ err: error }, 'an HTTP request failed by a defect');
    // Closing while the client still sends would reset its connection before it has read the answer.
    if (status === 413) void reply.removeHeader('connection');
    const { code, message } = describe(status, error, maxBodyBytes);
    return reply.code(status).send({ errors: [{ message, extensions: { code } }] });
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ errors: [{ message: 'There is nothing here; the API is at /graphql.', extensions: { code: 'NOT_FOUND' } }] }),
  );
  if (loopbackOnly) app.addHook('onRequest', refuseOtherHosts);
  letGoWhenClosing(app);
  return app;
}

async function refuseOtherHosts({ headers }: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (isLoopbackHeader(headers.host)) return;
  const message = 'This server answers only to localhost; behind a proxy start it with --insecure.';
  await reply.code(403).send({ errors: [{ message, extensions: { code: 'FORBIDDEN' } }] });
}

/** Without this a client that keeps its connection alive would hold up the end of the server for as long as it likes. */
function letGoWhenClosing(app: FastifyInstance): void {
  let closing = false;
  app.addHook('preClose', (done) => {
    closing = true;
    app.server.keepAliveTimeout = 1;
    done();
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done(null, payload);
  });
}

function describe(status: number, error: { message: string }, maxBodyBytes: number): { code: string; message: string } {
  if (status === 413)
    return { code: 'BAD_REQUEST', message: `The request body has more than ${maxBodyBytes} bytes; send fewer points or rows at once.` };
  if (status === 415) return { code: 'BAD_REQUEST', message: 'The body must be application/json.' };
  if (status >= 500) return { code: 'INTERNAL', message: 'Internal error.' };
  return { code: 'BAD_REQUEST', message: error.message };
}
