import { fail } from './errors.js';

/** The types that have a global id, in the words of the schema. */
export const nodeTypes = ['Source', 'Experiment', 'Run', 'RegisteredModel', 'ModelVersion'] as const;
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
 * The global id of a thing: `Type:source:nativeId`, each part percent-encoded, so it is safe in a URL.
 * Documented as opaque; only this file knows the shape.
 */
export const encodeId = (type: NodeType, source: string, nativeId: string): string =>
  `${type}:${encodeURIComponent(source)}:${encodeURIComponent(nativeId)}`;

/** Reads a global id; null when the text is not one. */
export function tryDecodeId(id: string): DecodedId | null {
  const [type, source, nativeId, ...rest] = id.split(':');
  if (source === undefined || nativeId === undefined || rest.length > 0) return null;
  if (!nodeTypes.includes(type as NodeType)) return null;
  try {
    return { type: type as NodeType, source: decodeURIComponent(source), nativeId: decodeURIComponent(nativeId) };
  } catch {
    return null; // a broken percent sequence
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
  throw fail('BAD_USER_INPUT', `${argument} must be the id of a ${type}, as the API gave it; got ${JSON.stringify(id.slice(0, 100))}.`, { argument });
}
