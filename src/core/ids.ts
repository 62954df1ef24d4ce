import { fail } from './errors.js';

/** The types that have a global id, in the words of the schema. */
export const nodeTypes = [
  ...(['Source', 'Experiment', 'Run', 'Trace', 'RegisteredModel', 'ModelVersion'] as const),
  ...(['ModelSession', 'DashaiDataset', 'Prediction', 'GlobalExplainer', 'LocalExplainer'] as const),
  ...(['Notebook', 'Explorer', 'Converter', 'GenerativeSession', 'GenerativeProcess', 'Plugin', 'Pipeline'] as const),
] as const;
export type NodeType = (typeof nodeTypes)[number];

/** A thing in a source: the source's name, and the id the source itself gives it. */
export interface NativeRef {
  readonly source: string;
  readonly nativeId: string;
}

export interface DecodedId extends NativeRef {
  readonly type: NodeType;
}

/**
 * The global id of a thing: `Type:source:nativeId`. What is not a letter, digit or one of `-_.!*'()` is written as `~xx`
 * per byte, so an id stays itself wherever it is put into a URL. Documented as opaque; only this file knows the shape.
 */
export const encodeId = (type: NodeType, source: string, nativeId: string): string => `${type}:${escape(source)}:${escape(nativeId)}`;

// A percent sign would be decoded by whatever takes a URL apart.
const escape = (text: string): string => encodeURIComponent(text.toWellFormed()).replaceAll('~', '%7E').replaceAll('%', '~');
const unescape = (text: string): string => decodeURIComponent(text.replaceAll('%', '%25').replaceAll('~', '%'));

/** Reads a global id; null when the text is not one. */
export function tryDecodeId(id: string): DecodedId | null {
  const [type, source, nativeId, ...rest] = id.split(':');
  if (source === undefined || nativeId === undefined || rest.length > 0) return null;
  if (!nodeTypes.includes(type as NodeType)) return null;
  try {
    const decoded = { type: type as NodeType, source: unescape(source), nativeId: unescape(nativeId) };
    return encodeId(decoded.type, decoded.source, decoded.nativeId) === id ? decoded : null; // a thing has one id, not many spellings
  } catch {
    return null; // a broken escape
  }
}

/**
 * Reads a global id of one type.
 * @param argument the GraphQL argument or field it came from, named in the error
 * @throws BAD_USER_INPUT when the text is no id of that type
 */
export function decodeId(type: NodeType, id: string, argument: string): NativeRef {
  const decoded = tryDecodeId(id);
  if (decoded?.type === type) return decoded;
  throw fail('BAD_USER_INPUT', `${argument} must be the id of a ${type}, as the API gave it; got ${JSON.stringify(id.slice(0, 100))}.`, {
    argument,
  });
}
