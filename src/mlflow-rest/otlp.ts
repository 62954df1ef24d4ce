import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { isOwnOrigin } from '../core/own-origin.js';
import type { Stores } from '../stores/open-stores.js';
import type { TraceSpans } from '../stores/trace-writer.js';
import { invalid } from './request-fields.js';
import { decodeOtlp, type OtlpRequest } from './otlp-schema.js';
import { toTraceSpans } from './otlp-spans.js';
import { RestError, restStatuses } from './rest-error.js';
import { toRestError } from './rest-failure.js';

/** Where OpenTelemetry's exporters and the clients of MLflow 3 send spans. */
const path = '/v1/traces';
const contentTypes = ['application/x-protobuf', 'application/json'];

/** What an export says besides its body. */
export interface OtlpHeaders {
  /** Id of the experiment in `local` that its traces go to. */
  readonly 'x-mlflow-experiment-id'?: string | undefined;
  /** A run that its traces are linked to. */
  readonly 'x-mlflow-run-id'?: string | undefined;
  readonly 'content-type'?: string | undefined;
  readonly 'content-encoding'?: string | undefined;
}

type OtlpStores = Pick<Stores, 'sources'>;

/**
 * Keeps the spans of one export (OTLP over HTTP, protobuf or JSON), all or none.
 * @param maxBytes what the body may have once it is unpacked
 * @throws RestError with MLflow's code when the export cannot be read or kept
 */
export async function receiveOtlp(stores: OtlpStores, body: Uint8Array, headers: OtlpHeaders, maxBytes: number): Promise<void> {
  const experimentId = headers['x-mlflow-experiment-id'];
  if (!experimentId) throw invalid('The header x-mlflow-experiment-id must name the experiment.');
  const traces = await readTraces(await unpacked(body, headers['content-encoding'], maxBytes), headers['content-type']);
  if (traces.length === 0) throw invalid('Invalid OpenTelemetry format - no spans found');
  const { traceWriter } = stores.sources.get('local');
  if (!traceWriter) throw new RestError('PERMISSION_DENIED', 'Traces cannot be written to source local.');
  await traceWriter.logSpans({ experimentId, traces, runId: headers['x-mlflow-run-id'] ?? null });
}

/**
 * Serves `POST /v1/traces`. The answer is OpenTelemetry's empty message; errors have MLflow's form.
 * A page of another origin cannot write: browsers ask before they send the header that names the experiment, and it is refused.
 */
export function serveOtlp(app: FastifyInstance, stores: OtlpStores): void {
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(contentTypes, { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
    const maxBytes = app.initialConfig.bodyLimit ?? 1_048_576;
    scope.post(path, async ({ body, headers }, reply) => {
      try {
        if (!isOwnOrigin(headers)) throw new RestError('PERMISSION_DENIED', 'A page of another origin may not write here.');
        await receiveOtlp(stores, body as Uint8Array, headers, maxBytes);
        return await reply.type('application/x-protobuf').send(Buffer.alloc(0));
      } catch (error) {
        const known = toRestError(error);
        if (!known) throw error;
        return reply.code(restStatuses[known.code]).send({ error_code: known.code, message: known.message });
      }
    });
    done();
  });
}

// JSON may have anything anywhere, which is found out while it is turned into spans.
async function readTraces(body: Uint8Array, contentType: string | undefined): Promise<TraceSpans[]> {
  try {
    return contentType?.startsWith('application/json')
      ? await toTraceSpans(JSON.parse(Buffer.from(body).toString('utf8')) as OtlpRequest, 'hex')
      : await toTraceSpans(decodeOtlp(body), 'base64');
  } catch (error) {
    throw error instanceof RestError ? error : invalid('Invalid OpenTelemetry format');
  }
}

async function unpacked(body: Uint8Array, encoding: string | undefined, maxBytes: number): Promise<Uint8Array> {
  const options = { maxOutputLength: maxBytes };
  try {
    if (encoding === 'gzip') return await promisify(gunzip)(body, options);
    if (encoding === 'deflate') return await promisify(inflate)(body, options);
  } catch {
    throw invalid(`Failed to decompress the payload, or it has more than ${maxBytes} bytes`);
  }
  if (!encoding || encoding === 'identity') return body;
  throw invalid(`Unsupported Content-Encoding: ${encoding}`);
}
