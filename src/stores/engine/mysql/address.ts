import { readFileSync } from 'node:fs';
import type { PoolOptions, SslOptions } from 'mysql2/promise';
import { StoreFailure } from '../../store-failure.js';

/** Where a server is and how it is spoken to. */
export type MysqlAddress = Pick<PoolOptions, 'host' | 'port' | 'socketPath' | 'user' | 'password' | 'database' | 'ssl'>;

/**
 * Reads `mysql://user:password@host:port/database?…` with the parameters that matter of those which SQLAlchemy's drivers and
 * MySQL's own client know: `unix_socket`, `ssl=true`, `ssl_mode` (DISABLED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY), `ssl_ca`,
 * `ssl_cert`, `ssl_key` (files), `ssl_verify_cert`, `ssl_verify_identity`, `ssl_disabled`. Others are the drivers' own affair.
 * @throws StoreFailure when it is no URL or a file it names cannot be read; the message shows nothing of the URL
 */
export function readAddress(location: string): MysqlAddress {
  const url = location.replace(/^(mysql:\/\/[^/]*@)(?=[/?])/, '$1localhost'); // a host may be left out
  if (!URL.canParse(url))
    throw new StoreFailure('UNREADABLE', 'The address is no URL; write @, :, / and # in a password as %40, %3A, %2F and %23.');
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const parameters = new Map([...searchParams].map(([name, value]) => [name.toLowerCase().replaceAll('-', '_'), value]));
  const socketPath = parameters.get('unix_socket');
  return {
    ...(socketPath ? { socketPath } : { host: decode(hostname.replace(/^\[|\]$/g, '')) || 'localhost', port: Number(port) || 3306 }),
    user: decode(username),
    password: decode(password),
    database: decode(pathname.slice(1)),
    ...readTls(parameters),
  };
}

/** A percent sign that encodes nothing stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

type Parameters = ReadonlyMap<string, string>;

/** Without a word of it the connection is plain, as it is with MLflow's drivers. */
function readTls(parameters: Parameters): { ssl?: SslOptions } {
  const mode = (parameters.get('ssl_mode') ?? parameters.get('sslmode') ?? '').toUpperCase().replaceAll('-', '_');
  const isAsked = isOn(parameters, 'ssl') || [...parameters.keys()].some((name) => name.startsWith('ssl_') && name !== 'ssl_disabled');
  if (!(isAsked || mode) || mode === 'DISABLED' || isOn(parameters, 'ssl_disabled')) return {};
  const checksIdentity = mode === 'VERIFY_IDENTITY' || isOn(parameters, 'ssl_verify_identity') || (isOn(parameters, 'ssl') && mode === '');
  const checksCertificate =
    checksIdentity || mode === 'VERIFY_CA' || isOn(parameters, 'ssl_verify_cert') || (mode === '' && parameters.has('ssl_ca'));
  const files = { ca: 'ssl_ca', cert: 'ssl_cert', key: 'ssl_key' } as const;
  const contents = Object.entries(files).flatMap(([option, name]) =>
    parameters.has(name) ? [[option, readFile(name, parameters.get(name)!)]] : [],
  );
  return {
    ssl: { rejectUnauthorized: checksCertificate, verifyIdentity: checksIdentity, ...(Object.fromEntries(contents) as SslOptions) },
  };
}

const isOn = (parameters: Parameters, name: string): boolean => /^(true|1|on|yes)$/i.test(parameters.get(name) ?? '');

function readFile(parameter: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new StoreFailure('UNREADABLE', `The file that ${parameter} names cannot be read.`);
  }
}
