import type { FastifyInstance } from 'fastify';

/** `/healthz`: the process answers. `/readyz`: it can also read its own store, and is not shutting down. */
export function serveHealth(app: FastifyInstance, isReady: () => Promise<boolean>): void {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    if (await isReady().catch(() => false)) return { status: 'ready' };
    return reply.code(503).send({ status: 'not ready' });
  });
}
