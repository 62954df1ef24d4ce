import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { largeFixture } from './optional.js';

/** A DashAI home that a real release wrote, and what its own readers say of it. */
export interface HomeFixture {
  /** The release. */
  readonly version: string;
  /** A copy of the home; removed by `close`. */
  readonly folder: string;
  readonly expected: ExpectedHome;
  close(): void;
  [Symbol.dispose](): void;
}

export interface ExpectedHome {
  readonly alembic_version: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  /** Every row as DashAI's ORM loads it, by table. */
  readonly tables: Readonly<Record<string, readonly Readonly<Record<string, any>>[]>>;
  /** Run, split, level, metric. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, ExpectedCurve>>>>>>>>;
  readonly last_metrics: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
  readonly jobs: readonly Readonly<Record<string, any>>[];
  readonly files: Readonly<Record<string, number>>;
}

export interface ExpectedCurve {
  readonly count: number;
  readonly first: ExpectedPoint;
  readonly last: ExpectedPoint;
  readonly min: number;
  readonly max: number;
  readonly points: readonly ExpectedPoint[] | null;
}

export interface ExpectedPoint {
  readonly id: number;
  readonly step: number;
  readonly value: number;
  readonly timestamp: string;
}

/** The types of the API that a home has and that have an id. */
export const dashaiNodes = [
  ...['ModelSession', 'DashaiDataset', 'Prediction', 'GlobalExplainer', 'LocalExplainer', 'Notebook'],
  ...['Explorer', 'Converter', 'GenerativeSession', 'GenerativeProcess', 'Plugin', 'Pipeline'],
] as const;

export const homeVersions = ['0.9.3', '0.10.0'] as const;

/** A copy of the home of a release; null when this machine does not have it. */
export function openHome(version: (typeof homeVersions)[number]): HomeFixture | null {
  const source = largeFixture(`dashai/${version}`);
  if (!source) return null;
  const folder = mkdtempSync(join(tmpdir(), `rungraph-dashai-`));
  cpSync(source, folder, { recursive: true });
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as ExpectedHome;
  const close = () => rmSync(folder, { recursive: true, force: true });
  return { version, folder, expected, close, [Symbol.dispose]: close };
}

/** A time of a home (`2026-11-21 06:28:07.560405`, without a zone) as the API answers it when that zone is UTC. */
export const asInstant = (time: string | null | undefined): string | null =>
  time ? `${time.slice(0, 10)}T${time.slice(11, 19)}.${time.slice(20).padEnd(3, '0').slice(0, 3)}Z` : null;

/** A digest of every file below a folder, by its path. */
export function contentOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return Object.fromEntries(paths.map((path) => [path, createHash('sha256').update(readFileSync(path)).digest('hex')]));
}
