import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { withConnection } from '../core/with-connection.js';
import { artifactHeaders } from './artifact-headers.js';
import { readByteRange, type ByteRange } from './byte-range.js';

/** A file that was found; `read` or `close` is called once. */
export interface ServedFile {
  readonly bytes: number;
  /** Milliseconds since the epoch, UTC. */
  readonly modifiedAt: number;
  /** Changes whenever the content does. */
  readonly version: string;
  read(range?: ByteRange): Promise<Readable>;
  close(): Promise<void>;
}

/** Answers a file, or the part of it that is asked for; the stream is as fast as its reader, and ends with it. */
export async function answerFile(
  request: FastifyRequest<{ Querystring: { download?: string } }>,
  reply: FastifyReply,
  file: ServedFile,
  name: string,
): Promise<unknown> {
  const tag = `"${file.version}"`;
  // HTTP knows seconds only.
  const modifiedAt = Math.floor(file.modifiedAt / 1000) * 1000;
  void reply.headers({ ...artifactHeaders(name, request.query.download !== undefined), etag: tag });
  void reply.header('last-modified', new Date(modifiedAt).toUTCString());
  const ends = async (status: number, headers: Record<string, string | number> = {}) => {
    await file.close();
    return reply.code(status).headers(headers).send();
  };

  if (isKnown(request, tag, modifiedAt)) return ends(304);
  if (request.method === 'HEAD') return ends(200, { 'content-length': file.bytes });
  const range = isCurrent(request.headers['if-range'], tag, modifiedAt) ? readByteRange(request.headers.range, file.bytes) : null;
  if (range === 'unsatisfiable') return ends(416, { 'content-range': `bytes */${file.bytes}` });
  const { start, end } = range ?? { start: 0, end: file.bytes - 1 };
  if (range) void reply.code(206).header('content-range', `bytes ${start}-${end}/${file.bytes}`);
  void reply.header('content-length', end - start + 1);
  return reply.send(withConnection(request.raw, await file.read(range ?? undefined)));
}

/** Whether the client has this version already. */
function isKnown({ headers }: FastifyRequest, tag: string, modifiedAt: number): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined) {
    return tags
      .split(',')
      .map((one) => one.trim().replace(/^W\//, ''))
      .some((one) => one === '*' || one === tag);
  }
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return since >= modifiedAt;
}

/** Whether a part still belongs to the file that the client has the rest of. A time says so only when it is the very same. */
const isCurrent = (ifRange: string | string[] | undefined, tag: string, modifiedAt: number): boolean =>
  ifRange === undefined || ifRange === tag || Date.parse(String(ifRange)) === modifiedAt;
