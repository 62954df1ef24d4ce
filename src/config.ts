import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { parseArtifactUri, type ArtifactRoot } from './core/artifact-uri.js';
import { withoutCredentials } from './core/database-url.js';
import { isLoopback } from './core/loopback.js';
import { nearest } from './core/nearest.js';

export { nearest };

/** A mistake of the user in flags, environment or configuration file; told without a stack. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** What lies at an attached place. */
export type AttachmentKind = 'mlflow' | 'dashai';

/** A source to attach. */
export interface AttachmentConfig {
  readonly kind: AttachmentKind;
  readonly name: string;
  readonly location: LocationConfig;
  /** Whether tags, names and notes of its runs, and its registry, may be changed, or DashAI's sessions and runs created. */
  readonly isWritable?: boolean;
  /** Where its artifacts may be, besides the folders that MLflow makes beside a database file. */
  readonly artifacts?: readonly ArtifactRoot[];
  /** Address of the DashAI that serves the home and executes what only it can; it may hold a password. */
  readonly url?: string;
}

/** Where a database is: a file, or a server. `tables` says that they are DashAI's, and in which zone its times are. */
export type LocationConfig =
  | {
      readonly engine: 'sqlite';
      readonly path: string;
      readonly foreign: true;
      readonly tables?: { readonly of: 'dashai'; readonly timeZone: string };
    }
  | { readonly engine: 'postgres' | 'mysql'; readonly url: string; readonly foreign: true };

/** Everything `serve` needs to know. */
export interface ServeConfig {
  readonly host: string;
  readonly port: number;
  /** Whether only requests to a name of this computer are answered; off with `insecure`, for a proxy passes other names on. */
  readonly loopbackOnly: boolean;
  readonly dataFolder: string;
  /** URL of the PostgreSQL database that holds `local`; null: a SQLite file in the data folder. */
  readonly database: string | null;
  readonly durability: 'normal' | 'full';
  readonly attachments: readonly AttachmentConfig[];
  /** Whether there is a DashAI home of our own, the source `dashai`, in the data folder. */
  readonly embedsDashai: boolean;
  /** Domains to serve; null: all of them. */
  readonly subgraphs: readonly string[] | null;
  readonly demo: boolean;
  /** Whether documents are compiled before they are executed. */
  readonly compiled: boolean;
  readonly logLevel: string;
  /** 5 MB: 100,000 points as columns fit, and nobody can fill the memory with one request. */
  readonly maxBodyBytes: number;
  /** Where the artifacts of runs in `local` are. */
  readonly artifacts: ArtifactRoot;
  /** 5 GB: a large model fits, and nobody can fill the disk with one request. */
  readonly maxArtifactBytes: number;
  /** The S3 service; credentials come from where Amazon's own tools take them. */
  readonly s3: { readonly endpoint: string | null; readonly region: string };
  /** How long a locked attached database is waited for. */
  readonly storeTimeoutMs: number;
  /** Reader threads: one question may be slow without holding up the next. */
  readonly readerThreads: number;
  /** How often a source that somebody else writes is looked at while somebody follows it. */
  readonly pollIntervalMs: number;
  /** How long one call to a DashAI may take; queuing a job may take three times as long. */
  readonly dashaiTimeoutMs: number;
}

/** Flags of `serve`, as the command line gives them. */
export interface ServeFlags {
  readonly host?: string;
  readonly port?: string;
  readonly data?: string;
  readonly artifacts?: string;
  readonly database?: string;
  readonly durability?: string;
  readonly attach?: string[];
  readonly dashai?: boolean;
  readonly subgraph?: string[];
  readonly demo?: boolean;
  readonly compile?: boolean;
  readonly insecure?: boolean;
  readonly pollInterval?: string;
  readonly config?: string;
}

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Looking more often holds up the writers of other files more than it shows. */
const minPollIntervalMs = 250;
const maxPollIntervalMs = 3_600_000;

/** A busy home may take seconds to commit; who waits for minutes has left. */
const minDashaiTimeoutMs = 100;
const maxDashaiTimeoutMs = 300_000;

/** No object of S3 is larger. */
const maxS3Bytes = 5 * 1024 ** 4;

const sourceShape = z.strictObject({
  kind: z.string(),
  location: z.string(),
  name: z.string().optional(),
  writable: z.boolean().optional(),
  artifacts: z.union([z.string(), z.array(z.string())]).optional(),
  url: z.string().optional(),
});

const fileShape = z.strictObject({
  host: z.string().optional(),
  port: z.number().int().min(0).max(65_535).optional(),
  data: z.string().optional(),
  database: z.string().optional(),
  durability: z.enum(['normal', 'full']).optional(),
  insecure: z.boolean().optional(),
  compile: z.boolean().optional(),
  pollIntervalMs: z.number().int().min(minPollIntervalMs).max(maxPollIntervalMs).optional(),
  logLevel: z.string().optional(),
  dashai: z.boolean().optional(),
  dashaiTimeZone: z.string().optional(),
  dashaiUrl: z.string().optional(),
  dashaiTimeoutMs: z.number().int().min(minDashaiTimeoutMs).max(maxDashaiTimeoutMs).optional(),
  artifacts: z.string().optional(),
  maxArtifactBytes: z.number().int().min(1).max(maxS3Bytes).optional(),
  sources: z.array(sourceShape).optional(),
});
type File = z.infer<typeof fileShape>;

const defaults = {
  host: '127.0.0.1',
  port: 4000,
  data: '.rungraph',
  maxBodyBytes: 5_000_000,
  maxArtifactBytes: 5 * 1024 ** 3,
  storeTimeoutMs: 5_000,
  readerThreads: 2,
  pollIntervalMs: 1_000,
  dashaiTimeoutMs: 10_000,
} as const;

/** The environment of this process; read here and nowhere else. */
export const environment: Environment = process.env;

/**
 * Flags, then environment (`RUNGRAPH_*`, `PORT`), then the configuration file, then defaults.
 * @param interactive whether a person reads the log as it comes; then only warnings are logged
 * @throws ConfigError naming the flag, variable or key, and the way out
 */
export function readServeConfig(flags: ServeFlags, variables: Environment, interactive: boolean): ServeConfig {
  const file = readFile(flags.config ?? variables.RUNGRAPH_CONFIG);
  const host = flags.host ?? variables.RUNGRAPH_HOST ?? file.host ?? defaults.host;
  const insecure =
    flags.insecure ?? (variables.RUNGRAPH_INSECURE === undefined ? (file.insecure ?? false) : variables.RUNGRAPH_INSECURE === '1');
  if (!isLoopback(host) && !insecure) {
    throw new ConfigError(`--host ${host} would let everybody on the network read and write; add --insecure if that is meant.`);
  }
  const durability = flags.durability ?? variables.RUNGRAPH_DURABILITY ?? file.durability ?? 'normal';
  if (durability !== 'normal' && durability !== 'full') throw new ConfigError(`--durability must be normal or full; got ${durability}.`);
  const asked = [...(file.sources ?? []).map(fromFileEntry), ...(flags.attach ?? []).map(parseAttach)];
  const dataFolder = resolve(expandHome(flags.data ?? variables.RUNGRAPH_DATA ?? file.data ?? defaults.data));
  const embedsDashai = wantsDashai(flags, variables, file) || existsSync(join(dataFolder, 'dashai.db'));
  return {
    host,
    loopbackOnly: !insecure,
    port: readPort(flags.port ?? variables.RUNGRAPH_PORT ?? variables.PORT ?? file.port ?? defaults.port),
    dataFolder,
    artifacts: artifactRoot(
      flags.artifacts ?? variables.RUNGRAPH_ARTIFACTS ?? file.artifacts ?? join(dataFolder, 'artifacts'),
      '--artifacts',
    ),
    maxArtifactBytes: readArtifactBytes(variables.RUNGRAPH_MAX_ARTIFACT_BYTES ?? file.maxArtifactBytes ?? defaults.maxArtifactBytes),
    s3: readS3(variables),
    database: readDatabase(flags.database ?? variables.RUNGRAPH_DATABASE ?? file.database),
    durability,
    embedsDashai,
    attachments: named(
      asked,
      {
        timeZone: readTimeZone(variables.RUNGRAPH_DASHAI_TIME_ZONE ?? file.dashaiTimeZone),
        url: (variables.RUNGRAPH_DASHAI_URL ?? file.dashaiUrl) || undefined,
      },
      embedsDashai ? ['local', 'dashai'] : ['local'],
    ),
    subgraphs: flags.subgraph?.length ? flags.subgraph : null,
    demo: flags.demo ?? false,
    // The flag can only switch off: the command line says true when it is absent.
    compiled: flags.compile === false ? false : (file.compile ?? true),
    logLevel: readLogLevel(variables.RUNGRAPH_LOG_LEVEL ?? file.logLevel ?? (interactive ? 'warn' : 'info')),
    maxBodyBytes: defaults.maxBodyBytes,
    storeTimeoutMs: defaults.storeTimeoutMs,
    readerThreads: defaults.readerThreads,
    pollIntervalMs: readPollInterval(
      flags.pollInterval ?? variables.RUNGRAPH_POLL_INTERVAL_MS ?? file.pollIntervalMs ?? defaults.pollIntervalMs,
    ),
    dashaiTimeoutMs: readDashaiTimeout(variables.RUNGRAPH_DASHAI_TIMEOUT_MS ?? file.dashaiTimeoutMs ?? defaults.dashaiTimeoutMs),
  };
}

/** A home that was made once stays a source: its rows are somebody's. */
const wantsDashai = (flags: ServeFlags, variables: Environment, file: File): boolean =>
  flags.dashai ?? (variables.RUNGRAPH_DASHAI === undefined ? (file.dashai ?? false) : variables.RUNGRAPH_DASHAI === '1');

/** Where clients find the server: `--url`, then `RUNGRAPH_URL`. */
export const readUrl = (url: string | undefined, variables: Environment): string =>
  url ?? variables.RUNGRAPH_URL ?? `http://${defaults.host}:${defaults.port}/graphql`;

export const readToken = (variables: Environment): string | undefined => variables.RUNGRAPH_TOKEN;

function readPort(value: string | number): number {
  const port = Number(value);
  // The text is looked at too: Number reads '' as 0, which would be a port of chance.
  if (/^\d{1,5}$/.test(String(value)) && port <= 65_535) return port;
  throw new ConfigError(`The port must be 0 to 65535; got ${value}.`);
}

function readPollInterval(value: string | number): number {
  const interval = Number(value);
  if (/^\d{1,7}$/.test(String(value)) && interval >= minPollIntervalMs && interval <= maxPollIntervalMs) return interval;
  throw new ConfigError(`--poll-interval must be ${minPollIntervalMs} to ${maxPollIntervalMs} milliseconds; got ${value}.`);
}

function readDashaiTimeout(value: string | number): number {
  const ms = Number(value);
  if (/^\d{1,6}$/.test(String(value)) && ms >= minDashaiTimeoutMs && ms <= maxDashaiTimeoutMs) return ms;
  throw new ConfigError(
    `dashaiTimeoutMs (RUNGRAPH_DASHAI_TIMEOUT_MS) must be ${minDashaiTimeoutMs} to ${maxDashaiTimeoutMs} milliseconds; got ${value}.`,
  );
}

function readArtifactBytes(value: string | number): number {
  const bytes = Number(value);
  if (/^\d{1,13}$/.test(String(value)) && bytes >= 1 && bytes <= maxS3Bytes) return bytes;
  throw new ConfigError(`maxArtifactBytes (RUNGRAPH_MAX_ARTIFACT_BYTES) must be 1 to ${maxS3Bytes} bytes; got ${value}.`);
}

/** The variables that MLflow, Amazon's tools and other clients of S3 know. */
function readS3(variables: Environment): ServeConfig['s3'] {
  const endpoint = variables.MLFLOW_S3_ENDPOINT_URL || variables.AWS_ENDPOINT_URL_S3 || variables.AWS_ENDPOINT_URL || null;
  if (endpoint !== null && !/^https?:$/.test(URL.canParse(endpoint) ? new URL(endpoint).protocol : ''))
    throw new ConfigError(`The S3 endpoint (MLFLOW_S3_ENDPOINT_URL) must be an http or https URL; got ${withoutCredentials(endpoint)}.`);
  return { endpoint, region: variables.AWS_REGION || variables.AWS_DEFAULT_REGION || 'us-east-1' };
}

/** A place that artifacts are kept below: a folder, or s3://bucket/prefix. */
function artifactRoot(location: string, named: string): ArtifactRoot {
  const root = parseArtifactUri(location);
  if (root.kind === 'folder' && root.path !== '') return { kind: 'folder', path: resolve(expandHome(root.path)) };
  if (root.kind === 's3' && !root.prefix.split('/').some((name) => name === '.' || name === '..')) return root;
  throw new ConfigError(`${named} must be a folder or s3://bucket/prefix; got ${withoutCredentials(location)}.`);
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

function readLogLevel(level: string): string {
  if (logLevels.includes(level)) return level;
  throw new ConfigError(`The log level must be one of ${logLevels.join(', ')}; got ${level}.`);
}

function readFile(path: string | undefined): File {
  if (path === undefined && !existsSync('rungraph.json')) return {};
  const file = path ?? 'rungraph.json';
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError(`${file} cannot be read: ${(error as Error).message}`);
  }
  const result = fileShape.safeParse(parsed);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    const known = Object.keys((issue.path.length === 0 ? fileShape : sourceShape).shape);
    throw new ConfigError(
      `${file}: unknown key ${JSON.stringify([...issue.path, key].join('.'))}; did you mean ${JSON.stringify(nearest(key, known))}?`,
    );
  }
  throw new ConfigError(`${file}: ${issue.path.join('.')}: ${issue.message}`);
}

interface Asked {
  readonly kind: string;
  readonly location: string;
  readonly name: string | undefined;
  readonly writable: boolean;
  readonly artifacts: readonly string[];
  readonly url: string | undefined;
}

const fromFileEntry = (entry: NonNullable<File['sources']>[number]): Asked => ({
  ...entry,
  name: entry.name,
  writable: entry.writable ?? false,
  artifacts: [entry.artifacts ?? []].flat(),
  url: entry.url,
});

/**
 * Reads `KIND=LOCATION[,name=NAME][,artifacts=LOCATION…][,url=URL][,writable]`; commas within the location are part of it. Places
 * of artifacts that have commas are named in the configuration file.
 */
export function parseAttach(text: string): Asked {
  const [, kind, location, options] = /^([a-z]+)=(.+?)((?:,(?:name=[^,]*|artifacts=[^,]*|url=[^,]*|writable))*)$/.exec(text) ?? [];
  if (!kind || !location)
    throw new ConfigError(
      `--attach ${withoutCredentials(text)}: it must be KIND=LOCATION[,name=NAME], for example mlflow=sqlite:///mlflow.db,name=prod.`,
    );
  // What follows its comma would make the address, and its password, a part of the location, which is shown.
  if (/,url=/i.test(location)) throw new ConfigError(`--attach ${kind}=…: write a comma within url= as %2C.`);
  const name = /,name=([^,]*)/.exec(options ?? '')?.[1];
  const url = /,url=([^,]*)/.exec(options ?? '')?.[1];
  const artifacts = [...(options ?? '').matchAll(/,artifacts=([^,]*)/g)].map(([, place]) => place!);
  return { kind, location, name, artifacts, url, writable: /,writable(,|$)/.test(options ?? '') };
}

const kinds: readonly string[] = ['mlflow', 'dashai'] satisfies AttachmentKind[];
const laterKinds = ['trackio', 'dreamlake', 'mldash'];

/** What holds for every DashAI home that does not say otherwise. */
interface HomeDefaults {
  readonly timeZone: string;
  readonly url: string | undefined;
}

/** Gives every source a name of its own: the given one, else its kind, numbered when that is taken, as by one of our own. */
function named(asked: readonly Asked[], homes: HomeDefaults, own: readonly string[]): AttachmentConfig[] {
  if (homes.url !== undefined) checkDashaiUrl(homes.url, 'dashaiUrl (RUNGRAPH_DASHAI_URL)');
  const given = new Set(asked.map(({ name }) => name));
  const taken = new Set(own);
  return asked.map(({ kind, location, name, writable, artifacts, url }) => {
    if (!isKind(kind)) {
      const known = laterKinds.includes(kind)
        ? 'this version attaches MLflow databases and DashAI homes only'
        : `did you mean ${nearest(kind, kinds)}?`;
      throw new ConfigError(`Sources of kind ${kind} cannot be attached: ${known}.`);
    }
    const unique = name ?? freeName(kind, new Set([...taken, ...given]));
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(unique)) {
      throw new ConfigError(`The source name ${JSON.stringify(unique)} must be 1 to 64 letters, digits, dots, dashes or underscores.`);
    }
    if (taken.has(unique)) throw new ConfigError(`Two sources are called ${unique}; give one of them another name.`);
    taken.add(unique);
    if (kind === 'dashai' && artifacts.length > 0)
      throw new ConfigError(`The DashAI home ${unique} has its files in itself: it takes no artifacts=.`);
    if (url !== undefined && kind !== 'dashai')
      throw new ConfigError(`${unique} takes no url=: only DashAI homes have a server that executes.`);
    if (url !== undefined) checkDashaiUrl(url, `url= of ${unique}`);
    const roots = artifacts.map((place) => artifactRoot(place, `artifacts= of ${unique}`));
    return {
      kind,
      name: unique,
      location: kind === 'dashai' ? homeLocation(location, homes.timeZone) : databaseLocation(location),
      ...(writable && { isWritable: true }),
      ...(roots.length > 0 && { artifacts: roots }),
      ...(kind === 'dashai' && (url ?? homes.url) !== undefined && { url: url ?? homes.url }),
    };
  });
}

/** The message never repeats the address: it may hold a password where none is looked for. */
function checkDashaiUrl(url: string, named: string): void {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return;
  throw new ConfigError(`${named} must be the http or https address of a DashAI, such as http://127.0.0.1:8000.`);
}

const isKind = (kind: string): kind is AttachmentKind => kinds.includes(kind);

function freeName(kind: string, taken: ReadonlySet<string | undefined>): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? kind : `${kind}-${number}`;
    if (!taken.has(name)) return name;
  }
}

/** The database a location means: a path, or a URL as SQLAlchemy writes it (`postgresql+psycopg2://…`, `mysql+pymysql://…`, `sqlite:///relative`, `sqlite:////absolute`). */
function databaseLocation(location: string): LocationConfig {
  const [, scheme, rest] = /^([a-z][a-z0-9]*)(?:\+[a-z0-9_]+)?:\/\/(.*)$/s.exec(location) ?? [];
  if (scheme === 'postgresql' || scheme === 'postgres') return { engine: 'postgres', url: `postgresql://${rest ?? ''}`, foreign: true };
  if (scheme === 'mysql' || scheme === 'mariadb') return { engine: 'mysql', url: `mysql://${rest ?? ''}`, foreign: true };
  return { engine: 'sqlite', path: sqlitePath(location), foreign: true };
}

/** The database of a DashAI home: the folder, or the file in it. */
function homeLocation(location: string, timeZone: string): LocationConfig {
  const path = sqlitePath(location);
  const isFile = path.endsWith('.sqlite') || path.endsWith('.db');
  return { engine: 'sqlite', path: isFile ? path : join(path, 'db.sqlite'), foreign: true, tables: { of: 'dashai', timeZone } };
}

/** Times of DashAI are those of its host's clock; without another word that host is this one. */
function readTimeZone(name: string | undefined): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name || undefined }).resolvedOptions().timeZone;
  } catch {
    throw new ConfigError(`dashaiTimeZone (RUNGRAPH_DASHAI_TIME_ZONE) must be a zone such as America/Santiago; got ${name ?? 'none'}.`);
  }
}

function readDatabase(url: string | undefined): string | null {
  if (url === undefined || url === '') return null;
  const location = databaseLocation(url);
  if (location.engine === 'postgres') return location.url;
  throw new ConfigError(
    `--database ${withoutCredentials(url)}: it must be postgresql://…; without it the store is a SQLite file in the --data folder.`,
  );
}

/** The file a location means: a path, or a SQLAlchemy URL (`sqlite:///relative`, `sqlite:////absolute`). */
function sqlitePath(location: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//.exec(location)?.[1];
  if (scheme && !/^(sqlite:\/\/\/|file:\/\/)/.test(location))
    throw new ConfigError(`${withoutCredentials(location)}: the location must be a path, sqlite:///path, postgresql://… or mysql://….`);
  const path = expandHome(location.replace(/^(sqlite:\/\/\/|file:\/\/)/, ''));
  // sqlite:///path/to.db is relative in SQLAlchemy, but is often written when the absolute path is meant.
  if (scheme === 'sqlite' && !isAbsolute(path) && !existsSync(path) && existsSync(`/${path}`)) return `/${path}`;
  return resolve(path);
}

const expandHome = (path: string): string => (path === '~' || path.startsWith('~/') ? resolve(homedir(), path.slice(2)) : path);
