// Serves the page and passes /graphql on to RunGraph, WebSockets included, so that both are one origin for the browser.
// node examples/live-page/serve.mjs [port]
import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { build } from 'esbuild';

const target = new URL(process.env.RUNGRAPH_URL ?? 'http://127.0.0.1:4000/graphql');
const html = await readFile(new URL('index.html', import.meta.url));
const { outputFiles } = await build({
  entryPoints: [new URL('page.js', import.meta.url).pathname],
  bundle: true,
  format: 'esm',
  target: 'es2022',
  write: false,
});

const server = createServer((from, to) => {
  const path = new URL(from.url, target).pathname;
  if (path === '/') return to.setHeader('content-type', 'text/html').end(html);
  if (path === '/page.js') return to.setHeader('content-type', 'text/javascript').end(outputFiles[0].contents);
  if (path !== '/graphql') return to.writeHead(404).end();
  const passed = request(target, { method: from.method, headers: from.headers }, (answer) =>
    answer.pipe(to.writeHead(answer.statusCode, answer.headers)),
  );
  passed.on('error', () => to.writeHead(502).end());
  from.pipe(passed);
});
server.on('upgrade', (from, socket, head) => {
  const upstream = connect(Number(target.port || 80), target.hostname);
  const headers = Object.entries(from.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  upstream.write(`GET ${target.pathname} HTTP/1.1\r\n${headers.join('')}\r\n`);
  upstream.write(head);
  for (const [one, other] of [
    [socket, upstream],
    [upstream, socket],
  ])
    one.on('error', () => other.destroy()).pipe(other);
});
server.listen(Number(process.argv[2] ?? 4001), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
