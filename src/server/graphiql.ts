import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

// Everything is bundled: the page works offline and asks no other host.
const policy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; connect-src 'self' ws: wss:; img-src 'self' data:; font-src 'self' data:; frame-ancestors 'none'";

/** Serves GraphiQL on `/graphiql/`, where it was built. */
export async function serveGraphiql(app: FastifyInstance): Promise<void> {
  const folder = ['../graphiql/', '../../dist/graphiql/']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(`${path}index.html`));
  if (!folder) return;
  await app.register(fastifyStatic, {
    root: folder,
    prefix: '/graphiql/',
    setHeaders: (reply) => {
      reply.setHeader('content-security-policy', policy);
    },
  });
  app.get('/graphiql', (_request, reply) => reply.redirect('/graphiql/'));
  app.get('/', (_request, reply) => reply.redirect('/graphiql/'));
}
