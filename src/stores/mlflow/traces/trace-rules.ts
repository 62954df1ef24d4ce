import { refuse } from '../../../core/errors.js';
import { isGiven } from '../../conditions.js';
import type { KeyValueRecord } from '../../run-store.js';
import { traceMetadata, traceTags, type SpanRecord } from '../../trace-store.js';
import type { CreateTrace, FinishTrace } from '../../trace-writer.js';
import { checkIdempotencyKey, checkKeyValues, checkOptionalText, checkText } from '../rules.js';

/** Limits of traces in characters: MLflow's columns, at our revision or at the newer one that is narrower. */
export const traceLimits = {
  requestId: 50,
  name: 4_096,
  session: 250,
  tag: 8_000,
  metadata: 8_000,
  preview: 1_000,
  spanName: 65_535,
  spanType: 500,
  /** Spans of one request. */
  spans: 10_000,
} as const;

export function checkCreateTrace(input: CreateTrace): void {
  checkIdempotencyKey(input.idempotencyKey);
  if (isGiven(input.requestId)) checkText(input.requestId, traceLimits.requestId, ['requestId'], 'The request id');
  if (isGiven(input.clientRequestId)) {
    checkText(input.clientRequestId, traceLimits.requestId, ['clientRequestId'], "The application's request id");
  }
  if (isGiven(input.name)) checkText(input.name, traceLimits.name, ['name'], 'The name');
  if (isGiven(input.startedAt) && input.startedAt < 0) throw refuse('INVALID', 'The trace starts before 1970.', ['startedAt']);
  const nameTag = input.tags.find(({ key }) => key === traceTags.name)?.value;
  if (isGiven(input.name) && isGiven(nameTag) && nameTag !== input.name) {
    throw refuse('INVALID', `The name and the tag ${traceTags.name} say different things; give one of them.`, ['name']);
  }
  checkTexts(input);
}

export function checkFinishTrace(input: FinishTrace): void {
  if (isGiven(input.endedAt) && isGiven(input.durationMs)) throw refuse('INVALID', 'Give endedAt or durationMs, not both.', ['durationMs']);
  if (isGiven(input.durationMs) && input.durationMs < 0n) throw refuse('INVALID', 'The duration is negative.', ['durationMs']);
  checkTexts(input);
}

type Texts = Pick<CreateTrace, 'tags' | 'metadata' | 'request' | 'response' | 'spans'>;

function checkTexts({ tags, metadata, request, response, spans }: Texts): void {
  checkTraceTags(tags);
  checkKeyValues(metadata, traceLimits.metadata, 'metadata', 'metadata');
  checkReserved(metadata, 'metadata', { [traceMetadata.session]: traceLimits.session });
  for (const [field, text] of [['request', request] as const, ['response', response] as const]) {
    if (!isGiven(text)) continue;
    checkOptionalText(text, traceLimits.metadata, [field], `The ${field}`);
    const key = traceMetadata[field];
    if (metadata.some((entry) => entry.key === key)) throw refuse('INVALID', `Give ${field} or the metadata ${key}, not both.`, [field]);
  }
  checkSpans(spans);
}

export function checkTraceTags(tags: readonly KeyValueRecord[]): void {
  checkKeyValues(tags, traceLimits.tag, 'tags', 'tag');
  checkReserved(tags, 'tags', { [traceTags.name]: traceLimits.name });
}

/** Keys that newer revisions keep in narrower columns. */
function checkReserved(entries: readonly KeyValueRecord[], field: string, limits: Readonly<Record<string, number>>): void {
  entries.forEach(({ key, value }, index) => {
    if (Object.hasOwn(limits, key)) checkOptionalText(value, limits[key]!, [field, String(index), 'value'], `The value of ${key}`);
  });
}

function checkSpans(spans: readonly SpanRecord[]): void {
  if (spans.length > traceLimits.spans) {
    throw refuse('TOO_LARGE', `${spans.length} spans at once; send at most ${traceLimits.spans} and the rest with finishTrace.`, ['spans']);
  }
  const seen = new Set<string>();
  spans.forEach((span, index) => {
    const field = (name: string) => ['spans', String(index), name];
    checkSpanId(span.id, field('id'));
    if (span.parentId !== null) checkSpanId(span.parentId, field('parentId'));
    if (span.parentId === span.id) throw refuse('INVALID', `Span ${span.id} is its own parent.`, field('parentId'));
    if (seen.has(span.id)) throw refuse('INVALID', `The span ${span.id} is given twice.`, field('id'));
    seen.add(span.id);
    checkOptionalText(span.name, traceLimits.spanName, field('name'), `The name of span ${index}`);
    checkOptionalText(span.type ?? '', traceLimits.spanType, field('type'), `The type of span ${index}`);
    if (span.startedAtNs < 0n) throw refuse('INVALID', `Span ${index} starts before 1970.`, field('startedAtNs'));
    if (span.endedAtNs !== null && span.endedAtNs < span.startedAtNs) {
      throw refuse('INVALID', `Span ${index} ends before it starts.`, field('durationNs'));
    }
    if (span.endedAtNs !== null && span.endedAtNs >= 2n ** 63n)
      throw refuse('TOO_LARGE', `Span ${index} ends too late.`, field('durationNs'));
  });
}

function checkSpanId(id: string, field: readonly string[]): void {
  if (/^[0-9a-f]{16}$/.test(id) && id !== '0'.repeat(16)) return;
  throw refuse('INVALID', 'The id of a span is 16 hexadecimal digits in lower case, not all of them 0.', field);
}
