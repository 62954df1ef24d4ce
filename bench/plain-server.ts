// What the same SQL costs behind plain HTTP: the upper bound of what a GraphQL server in one thread could do.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SqliteConnection } from '../src/stores/engine/sqlite/connection.js';
import { openReader } from '../src/stores/engine/sqlite/open.js';
import { readPlainPage } from './plain-page.js';

const connection = new SqliteConnection(openReader(process.argv[2]!));
const toJson = (_name: string, value: unknown) => (typeof value === 'bigint' ? Number(value) : value);

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    void readPlainPage(connection).then((page) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(page, toJson));
    });
  });
});
server.listen(0, '127.0.0.1', () => console.log(`ready at http://127.0.0.1:${(server.address() as AddressInfo).port}`));
