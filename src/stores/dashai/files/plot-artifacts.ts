import { HomeFileFailure } from './home-file-failure.js';
import { parseTolerantJson } from './tolerant-json.js';

export type PlotKind = 'plotly' | 'table' | 'text' | 'image' | 'grouped' | 'json';

/** Something DashAI shows: a figure, a table, a text, an image, a group of these, or a value whose form says nothing. */
export interface PlotArtifact {
  readonly kind: PlotKind;
  readonly title: string | null;
  /** What it is shown as, `explanation` mostly. */
  readonly role: string | null;
  /**
   * `plotly`: the figure, with its typed arrays as they are (`decodeTypedArrays`). `table`: `{ columns, rows, highlight }`.
   * `text`: a text. `image`: as DashAI stores it. `grouped`: `PlotGroup[]`. `json`: any value.
   */
  readonly content: unknown;
}

export interface PlotGroup {
  readonly title: string | null;
  readonly artifacts: readonly PlotArtifact[];
}

/** Groups in groups in groups … are no plot. */
const maxGroupDepth = 8;

/**
 * What a file's value shows. Releases before 0.10 store a figure as the text of its JSON, a list of such texts, or the figure;
 * later ones an artifact (`{ type, payload, title, role }`) or a list of them. Every other value is one artifact `json`.
 * @param value JSON, as `parseTolerantJson` and `pickleJson` give it
 */
export function plotArtifacts(value: unknown, depth = 0): readonly PlotArtifact[] {
  if (depth > maxGroupDepth) throw new HomeFileFailure('DAMAGED', `The plots are nested more than ${maxGroupDepth} deep.`);
  if (Array.isArray(value) && value.every(isShown)) return value.map((item) => toArtifact(item, depth));
  return [toArtifact(value, depth)];
}

const isShown = (value: unknown): boolean => typeof value === 'string' || isStoredArtifact(value) || isFigure(value);

function toArtifact(value: unknown, depth: number): PlotArtifact {
  if (isStoredArtifact(value)) return fromStored(value, depth);
  if (isFigure(value)) return plain('plotly', value);
  if (typeof value !== 'string') return plain('json', value);
  const figure = parsed(value);
  return isFigure(figure) ? plain('plotly', figure) : plain('text', value);
}

const plain = (kind: PlotKind, content: unknown): PlotArtifact => ({ kind, title: null, role: null, content });

interface StoredArtifact {
  readonly type: PlotKind;
  readonly title?: unknown;
  readonly role?: unknown;
  readonly payload?: unknown;
  readonly groups?: unknown;
}

const storedKinds: ReadonlySet<unknown> = new Set(['plotly', 'table', 'text', 'image', 'grouped']);

// A trace of a figure has a type too (`table`, `image`), but no payload.
const isStoredArtifact = (value: unknown): value is StoredArtifact =>
  isObject(value) && storedKinds.has(value.type) && ('payload' in value || (value.type === 'grouped' && Array.isArray(value.groups)));

const isFigure = (value: unknown): boolean =>
  isObject(value) && Array.isArray(value.data) && (value.layout === undefined || isObject(value.layout));

function fromStored({ type, title, role, payload, groups }: StoredArtifact, depth: number): PlotArtifact {
  const named = { title: textOrNull(title), role: textOrNull(role) };
  if (type === 'grouped') return { kind: type, ...named, content: toGroups(groups ?? payload, depth) };
  if (type !== 'plotly' || typeof payload !== 'string') return { kind: type, ...named, content: payload };
  return { kind: type, ...named, content: parseTolerantJson(payload) };
}

function toGroups(groups: unknown, depth: number): readonly PlotGroup[] {
  if (!Array.isArray(groups)) throw new HomeFileFailure('DAMAGED', 'The plots are grouped, but have no groups.');
  return groups.map((group: unknown) => {
    const { title, artifacts } = isObject(group) ? group : {};
    return { title: textOrNull(title), artifacts: plotArtifacts(Array.isArray(artifacts) ? artifacts : [], depth + 1) };
  });
}

/** A text that is no JSON is just a text. */
function parsed(text: string): unknown {
  try {
    return /^\s*\{/.test(text) ? parseTolerantJson(text) : null;
  } catch {
    return null;
  }
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
