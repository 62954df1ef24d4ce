import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

// Everything is bundled: the pages work offline and ask no other host.
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const graphiqlPolicy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; connect-src 'self' ws: wss:; img-src 'self' data:; font-src 'self' data:; frame-ancestors 'none'";

/** Names of built scripts and styles hold a fingerprint of what is in them. */
const yearInSeconds = 31_536_000;

/** Serves the page on `/` and GraphiQL on `/graphiql/`, where they were built. Without the page `/` leads to GraphiQL. */
export async function servePages(app: FastifyInstance): Promise<void> {
  const [page, graphiql] = [builtFolder('page'), builtFolder('graphiql')];
  if (page) await serveFolder(app, page, '/', policy);
  if (!graphiql) return;
  await serveFolder(app, graphiql, '/graphiql/', graphiqlPolicy);
  app.get('/graphiql', (_request, reply) => reply.redirect('/graphiql/'));
  if (!page) app.get('/', (_request, reply) => reply.redirect('/graphiql/'));
}

/** Beside the compiled server, or where the build puts it while the server runs from its sources. */
function builtFolder(name: string): string | undefined {
  return [`../${name}/`, `../../dist/${name}/`]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(`${path}index.html`));
}

async function serveFolder(app: FastifyInstance, root: string, prefix: string, contentSecurityPolicy: string): Promise<void> {
  await app.register(fastifyStatic, {
    root,
    prefix,
    decorateReply: false,
    // A route per file: what is none of them is answered as everywhere else.
    wildcard: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      reply.setHeader('content-security-policy', contentSecurityPolicy);
      reply.setHeader('x-content-type-options', 'nosniff');
      reply.setHeader('referrer-policy', 'no-referrer');
      reply.setHeader('cache-control', path.includes('/assets/') ? `public, max-age=${yearInSeconds}, immutable` : 'no-cache');
    },
  });
}
