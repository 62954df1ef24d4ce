import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ConfigError, nearest, readServeConfig, readUrl, type Environment, type ServeFlags } from '../../src/config.js';

let folder: string;
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rungraph-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (flags: ServeFlags = {}, variables: Environment = {}) => readServeConfig(flags, variables, false);

/** A configuration file with this content; answers its path. */
function fileOf(content: unknown): string {
  const path = join(folder, `config-${++files}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function mistakeOf(flags: ServeFlags, variables: Environment = {}): string {
  try {
    read(flags, variables);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('It was accepted.');
}

describe('what holds when it is said in several places', () => {
  it('is the default when nobody says anything', () => {
    expect(read()).toEqual({
      host: '127.0.0.1',
      port: 4000,
      loopbackOnly: true,
      dataFolder: resolve('.rungraph'),
      artifacts: { kind: 'folder', path: resolve('.rungraph/artifacts') },
      maxArtifactBytes: 5 * 1024 ** 3,
      s3: { endpoint: null, region: 'us-east-1' },
      database: null,
      durability: 'normal',
      attachments: [],
      embedsDashai: false,
      subgraphs: null,
      demo: false,
      compiled: true,
      logLevel: 'info',
      maxBodyBytes: 5_000_000,
      storeTimeoutMs: 5_000,
      readerThreads: 2,
      pollIntervalMs: 1_000,
      dashaiTimeoutMs: 10_000,
    });
  });

  it('looks at attached sources as often as the flag, the variable or the file says', () => {
    const config = fileOf({ pollIntervalMs: 750 });
    expect(read({ pollInterval: '250' }, { RUNGRAPH_CONFIG: config, RUNGRAPH_POLL_INTERVAL_MS: '500' }).pollIntervalMs).toBe(250);
    expect(read({}, { RUNGRAPH_CONFIG: config, RUNGRAPH_POLL_INTERVAL_MS: '500' }).pollIntervalMs).toBe(500);
    expect(read({}, { RUNGRAPH_CONFIG: config }).pollIntervalMs).toBe(750);
  });

  it.each(['249', '0', '-1', '1e3', 'often', '', '3600001'])(
    'refuses to look every %j milliseconds, and says what may be asked',
    (pollInterval) => {
      expect(() => read({ pollInterval })).toThrow(/--poll-interval must be 250 to 3600000 milliseconds/);
    },
  );

  it('is the flag before the environment, the environment before the file, the file before the default', () => {
    const config = fileOf({ host: '127.0.0.4', port: 4, data: '/file', durability: 'full', logLevel: 'debug', compile: false });
    const variables = {
      RUNGRAPH_CONFIG: config,
      RUNGRAPH_HOST: '127.0.0.3',
      RUNGRAPH_PORT: '3',
      PORT: '2',
      RUNGRAPH_DATA: '/environment',
      RUNGRAPH_DURABILITY: 'normal',
      RUNGRAPH_LOG_LEVEL: 'warn',
    };
    const pick = ({ host, port, dataFolder, durability, logLevel, compiled }: ReturnType<typeof read>) => ({
      host,
      port,
      dataFolder,
      durability,
      logLevel,
      compiled,
    });
    expect(pick(read({ config }))).toEqual({
      host: '127.0.0.4',
      port: 4,
      dataFolder: '/file',
      durability: 'full',
      logLevel: 'debug',
      compiled: false,
    });
    expect(pick(read({}, variables))).toEqual({
      host: '127.0.0.3',
      port: 3,
      dataFolder: '/environment',
      durability: 'normal',
      logLevel: 'warn',
      compiled: false,
    });
    expect(pick(read({ host: '127.0.0.2', port: '1', data: '/flag', durability: 'full' }, variables))).toMatchObject({
      host: '127.0.0.2',
      port: 1,
      dataFolder: '/flag',
      durability: 'full',
    });
    expect(read({}, { PORT: '2' }).port).toBe(2);
  });

  it('is the file’s `compile` unless the flag switches off; the command line says true when it is absent', () => {
    const config = fileOf({ compile: false });
    expect(read({ config, compile: true }).compiled).toBe(false);
    expect(read({ compile: false }).compiled).toBe(false);
    expect(read({ compile: true }).compiled).toBe(true);
  });

  it('is quieter when a person reads along', () => {
    expect(readServeConfig({}, {}, true).logLevel).toBe('warn');
    expect(readServeConfig({}, { RUNGRAPH_LOG_LEVEL: 'info' }, true).logLevel).toBe('info');
  });

  it('finds the server for clients by flag, then environment, then default', () => {
    expect(readUrl('http://a/graphql', { RUNGRAPH_URL: 'http://b/graphql' })).toBe('http://a/graphql');
    expect(readUrl(undefined, { RUNGRAPH_URL: 'http://b/graphql' })).toBe('http://b/graphql');
    expect(readUrl(undefined, {})).toBe('http://127.0.0.1:4000/graphql');
  });
});

describe('a configuration file', () => {
  it.each([
    [{ prot: 1 }, 'prot', 'port'],
    [{ Host: 'x' }, 'Host', 'host'],
    [{ datas: 'x' }, 'datas', 'data'],
    [{ sources: [{ kind: 'mlflow', location: 'x', nam: 'y' }] }, 'sources.0.nam', 'name'],
  ])('with an unknown key is refused, naming the nearest known one: %j', (content, key, known) => {
    const message = mistakeOf({ config: fileOf(content) });
    expect(message).toContain(`unknown key "${key}"`);
    expect(message).toContain(`did you mean "${known}"?`);
  });

  it.each([
    [{ port: '4000' }, 'port'],
    [{ port: 70_000 }, 'port'],
    [{ durability: 'some' }, 'durability'],
    [{ sources: [{ kind: 'mlflow' }] }, 'sources.0.location'],
    [{ logLevel: 3 }, 'logLevel'],
  ])('with a value that cannot be is refused, naming its key: %j', (content, key) =>
    expect(mistakeOf({ config: fileOf(content) })).toContain(key),
  );

  it('that is missing, no JSON or no object is refused with its path', () => {
    for (const path of [join(folder, 'none.json'), fileOf('{'), fileOf('[]'), fileOf('null'), folder])
      expect(mistakeOf({ config: path })).toContain(path);
  });

  it('attaches sources before those of the flags', () => {
    const config = fileOf({
      sources: [
        { kind: 'mlflow', location: '/a.db', name: 'a' },
        { kind: 'mlflow', location: '/b.db' },
      ],
    });
    expect(read({ config, attach: ['mlflow=/c.db'] }).attachments).toEqual([
      { kind: 'mlflow', name: 'a', location: { engine: 'sqlite', path: '/a.db', foreign: true } },
      { kind: 'mlflow', name: 'mlflow', location: { engine: 'sqlite', path: '/b.db', foreign: true } },
      { kind: 'mlflow', name: 'mlflow-2', location: { engine: 'sqlite', path: '/c.db', foreign: true } },
    ]);
  });
});

describe('--attach', () => {
  const attached = (...attach: string[]) => read({ attach }).attachments;
  const locationOf = (location: string) => attached(`mlflow=${location}`)[0]!.location;
  const pathOf = (location: string) => (locationOf(location) as { path: string }).path;

  it('takes a path, relative ones from where the command runs', () => {
    expect(pathOf('/data/mlflow.db')).toBe('/data/mlflow.db');
    expect(pathOf('mlruns/mlflow.db')).toBe(resolve('mlruns/mlflow.db'));
    expect(pathOf('./mlflow.db')).toBe(resolve('mlflow.db'));
    expect(pathOf('~/mlflow.db')).toBe(join(homedir(), 'mlflow.db'));
  });

  it('takes SQLAlchemy’s URLs: three slashes are relative, four absolute; and file URLs', () => {
    expect(pathOf('sqlite:////data/mlflow.db')).toBe('/data/mlflow.db');
    expect(pathOf('sqlite:///mlflow.db')).toBe(resolve('mlflow.db'));
    expect(pathOf('sqlite:///~/mlflow.db')).toBe(join(homedir(), 'mlflow.db'));
    expect(pathOf('file:///data/mlflow.db')).toBe('/data/mlflow.db');
  });

  it('reads three slashes as absolute when only that file is there', () => {
    const path = fileOf('');
    expect(pathOf(`sqlite://${path}`)).toBe(path);
  });

  it('takes commas and equal signs in a path', () => {
    expect(attached('mlflow=/a,b/c=d.db,name=x')).toMatchObject([{ name: 'x', location: { path: '/a,b/c=d.db' } }]);
    expect(attached('mlflow=/a,name/b.db')).toMatchObject([{ name: 'mlflow', location: { path: '/a,name/b.db' } }]);
  });

  it('takes the places of its artifacts, several of them, in any order with its name', () => {
    expect(attached('mlflow=/a,b.db,artifacts=/x,name=n,artifacts=s3://b/p')).toEqual([
      {
        kind: 'mlflow',
        name: 'n',
        location: { engine: 'sqlite', path: '/a,b.db', foreign: true },
        artifacts: [
          { kind: 'folder', path: '/x' },
          { kind: 's3', bucket: 'b', prefix: 'p' },
        ],
      },
    ]);
    expect(attached('mlflow=/a,artifacts=file:///x/y%20z')[0]!.artifacts).toEqual([{ kind: 'folder', path: '/x/y z' }]);
    const config = fileOf({ sources: [{ kind: 'mlflow', location: '/a', artifacts: ['/x,y', '~/z'] }] });
    expect(read({ config }).attachments[0]!.artifacts).toEqual([
      { kind: 'folder', path: '/x,y' },
      { kind: 'folder', path: join(homedir(), 'z') },
    ]);
    for (const place of ['', 'dbfs:/x', 's3://', 's3://b/../c', 'mlflow-artifacts:/x', 'https://ada:s3cret@host/'])
      expect(mistakeOf({ attach: [`mlflow=/a,name=n,artifacts=${place}`] })).toMatch(
        /^artifacts= of n must be a folder or s3:(?!.*s3cret)/,
      );
  });

  it('names sources after their kind, numbered, and never takes a name that was given to another', () => {
    expect(attached('mlflow=/a', 'mlflow=/b', 'mlflow=/c,name=prod', 'mlflow=/d').map(({ name }) => name)).toEqual([
      'mlflow',
      'mlflow-2',
      'prod',
      'mlflow-3',
    ]);
    expect(attached('mlflow=/a', 'mlflow=/b,name=mlflow').map(({ name }) => name)).toEqual(['mlflow-2', 'mlflow']);
  });

  it.each([
    ['the same name twice', ['mlflow=/a,name=x', 'mlflow=/b,name=x'], 'called x'],
    ['the name of the own store', ['mlflow=/a,name=local'], 'called local'],
    ['an empty name', ['mlflow=/a,name='], '""'],
    ['a name with a space', ['mlflow=/a,name=a b'], '"a b"'],
    ['a name of 65 characters', [`mlflow=/a,name=${'x'.repeat(65)}`], '64'],
    ['nothing', [''], 'KIND=LOCATION'],
    ['no kind', ['/a.db'], 'KIND=LOCATION'],
    ['no location', ['mlflow='], 'KIND=LOCATION'],
    ['an unknown kind', ['mlfow=/a'], 'did you mean mlflow?'],
    ['a kind of later versions', ['mldash=~/x'], 'this version attaches MLflow databases and DashAI homes only'],
    ['a kind of later versions', ['trackio=~/.cache/trackio'], 'trackio'],
    ['artifacts of a DashAI home', ['dashai=~/.DashAI,artifacts=/a'], 'takes no artifacts='],
    ['a URL of something else', ['mlflow=https://host/db'], 'sqlite:///path'],
    ['a SQLite URL of a host', ['mlflow=sqlite://mlflow.db'], 'sqlite:///path'],
  ])('refuses %s: %j', (_what, attach, says) => {
    expect(mistakeOf({ attach })).toContain(says);
  });

  it.each([
    ['postgresql://ada:s3cret@host/db', 'postgres', 'postgresql://ada:s3cret@host/db'],
    ['postgresql+psycopg2://ada:s3cret@host/db?sslmode=require', 'postgres', 'postgresql://ada:s3cret@host/db?sslmode=require'],
    ['mysql+pymysql://ada@host:3307/db', 'mysql', 'mysql://ada@host:3307/db'],
    ['mariadb://ada@host/db', 'mysql', 'mysql://ada@host/db'],
  ])('takes the URL of a database server, as SQLAlchemy writes it: %s', (location, engine, url) => {
    expect(locationOf(location)).toEqual({ engine, url, foreign: true });
  });

  it('takes a DashAI home by its folder or its database, with the zone of its times', () => {
    const home = (location: string, zone?: string) =>
      read({ attach: [`dashai=${location}`] }, zone === undefined ? {} : { RUNGRAPH_DASHAI_TIME_ZONE: zone }).attachments[0];
    const tables = { of: 'dashai', timeZone: 'America/Santiago' };
    expect(home('/home/ada/.DashAI', 'America/Santiago')).toEqual({
      kind: 'dashai',
      name: 'dashai',
      location: { engine: 'sqlite', path: '/home/ada/.DashAI/db.sqlite', foreign: true, tables },
    });
    expect(home('/data/db.sqlite', 'America/Santiago')?.location).toMatchObject({ path: '/data/db.sqlite', tables });
    expect(home('/data')?.location).toMatchObject({ tables: { timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone } });
    expect(() => home('/data', 'Mars/Olympus')).toThrow(/dashaiTimeZone .* must be a zone such as/);
  });

  describe('the address of the DashAI that executes', () => {
    const urlOf = (attach: string, variables: Environment = {}) => read({ attach: [attach] }, variables).attachments[0]?.url;

    it('is said at the home, whatever else is', () => {
      expect(urlOf('dashai=/data,url=http://127.0.0.1:8000')).toBe('http://127.0.0.1:8000');
      expect(read({ attach: ['dashai=/data,url=https://ada:s3cret@host/dashai/api/v1,name=lab'] }).attachments[0]).toMatchObject({
        ...{ name: 'lab', url: 'https://ada:s3cret@host/dashai/api/v1', location: { path: '/data/db.sqlite' } },
      });
    });

    it('is said in the file, at the home or for all, and by the variable before that', () => {
      const file = {
        dashaiUrl: 'http://file',
        sources: [
          { kind: 'dashai', location: '/a', url: 'http://own' },
          { kind: 'dashai', location: '/b' },
        ],
      };
      const urls = (variables: Environment) =>
        read({ config: fileOf(file), attach: ['dashai=/c', 'mlflow=/d'] }, variables).attachments.map(({ url }) => url);
      expect(urls({})).toEqual(['http://own', 'http://file', 'http://file', undefined]);
      expect(urls({ RUNGRAPH_DASHAI_URL: 'http://all' })).toEqual(['http://own', 'http://all', 'http://all', undefined]);
      expect(urls({ RUNGRAPH_DASHAI_URL: '' })).toEqual(['http://own', undefined, undefined, undefined]);
    });

    it('is none unless it is said', () => expect(read({ attach: ['dashai=/data'] }).attachments[0]).not.toHaveProperty('url'));

    it.each(['', 'host:8000', 'ftp://ada:s3cret@host', 'http://', 'ada:s3cret@host:8000', 'file:///etc/passwd'])(
      'is an http or https address, and not repeated when it is none: %j',
      (url) => {
        const mistakes = [
          mistakeOf({ attach: [`dashai=/data,name=lab,url=${url}`] }),
          mistakeOf({ config: fileOf({ sources: [{ kind: 'dashai', location: '/data', name: 'lab', url }] }) }),
          ...(url === '' ? [] : [mistakeOf({}, { RUNGRAPH_DASHAI_URL: url }), mistakeOf({ config: fileOf({ dashaiUrl: url }) })]),
        ];
        for (const mistake of mistakes) {
          expect(mistake).toMatch(/^(url= of lab|dashaiUrl \(RUNGRAPH_DASHAI_URL\)) must be the http or https address of a DashAI/);
          expect(mistake).not.toContain('s3cret');
        }
      },
    );

    it('never becomes part of the location, which is shown', () => {
      for (const url of ['http://ada:s3,cret@host', 'ada:s3,cret@host'])
        expect(mistakeOf({ attach: [`dashai=/data,url=${url}`] })).toMatch(/%2C(?!.*(s3|cret))/);
    });

    it('is nothing a database takes', () => {
      expect(mistakeOf({ attach: ['mlflow=/a,name=prod,url=http://ada:s3cret@host'] })).toMatch(/^prod takes no url=(?!.*s3cret)/);
      expect(mistakeOf({ config: fileOf({ sources: [{ kind: 'mlflow', location: '/a', url: 'http://host' }] }) })).toMatch(/takes no url=/);
    });

    it('is waited for between a tenth of a second and five minutes', () => {
      expect(read({}, { RUNGRAPH_DASHAI_TIMEOUT_MS: '100' }).dashaiTimeoutMs).toBe(100);
      expect(read({ config: fileOf({ dashaiTimeoutMs: 300_000 }) }).dashaiTimeoutMs).toBe(300_000);
      for (const value of ['99', '300001', '1e3', '', 'x'])
        expect(mistakeOf({}, { RUNGRAPH_DASHAI_TIMEOUT_MS: value })).toMatch(/^dashaiTimeoutMs .* must be 100 to 300000 milliseconds/);
    });
  });

  it('takes a DashAI home to be written', () => {
    expect(read({ attach: ['dashai=/data,writable'] }).attachments).toMatchObject([{ name: 'dashai', isWritable: true }]);
  });

  it('calls a DashAI home of its own dashai, and attached ones after it', () => {
    expect(read({}).embedsDashai).toBe(false);
    expect(read({}, { RUNGRAPH_DASHAI: '1' }).embedsDashai).toBe(true);
    const config = read({ dashai: true, attach: ['dashai=/data'] });
    expect(config).toMatchObject({ embedsDashai: true, attachments: [{ name: 'dashai-2' }] });
    expect(mistakeOf({ dashai: true, attach: ['dashai=/data,name=dashai'] })).toContain('called dashai');
  });

  it.each([
    'mlflow=oracle://ada:s3cret@host/db',
    'postgresql://ada:s3cret@host/db',
    'mlflow=mssql://ada:s3/cret@host/db',
    'mlflow=mssql://ada:s3@cret@host/db',
  ])('never repeats a password: %s', (attach) => expect(mistakeOf({ attach: [attach] })).not.toMatch(/s3|cret/));
});

describe('a value that cannot be', () => {
  it.each(['', ' ', 'x', '-1', '65536', '1.5', '0x10', '1e3', '4000 ', 'NaN', '99999999999'])('is refused as a port: %j', (port) => {
    expect(mistakeOf({ port })).toContain('0 to 65535');
    expect(mistakeOf({}, { PORT: port })).toContain('0 to 65535');
  });

  it('is a port from 0 to 65535 otherwise', () => {
    for (const port of ['0', '1', '4000', '65535']) expect(read({ port }).port).toBe(Number(port));
  });

  it('is refused as durability and as log level', () => {
    expect(mistakeOf({ durability: 'most' })).toContain('normal or full');
    expect(mistakeOf({}, { RUNGRAPH_LOG_LEVEL: 'loud' })).toContain('loud');
  });

  it.each(['0.0.0.0', '::', '192.168.0.1', 'example.org', '127.0.0.1.example.org', ''])(
    'is refused as a host that others can reach, unless that is meant: %j',
    (host) => {
      expect(mistakeOf({ host })).toContain('--insecure');
      expect(mistakeOf({}, { RUNGRAPH_HOST: host })).toContain('--insecure');
      expect(read({ host, insecure: true }).host).toBe(host);
      expect(read({ host }, { RUNGRAPH_INSECURE: '1' }).host).toBe(host);
      expect(read({ config: fileOf({ host, insecure: true }) }).host).toBe(host);
    },
  );

  it.each(['127.0.0.1', 'localhost', '::1', '127.1.2.3'])('is no host of one’s own: %s', (host) => {
    expect(read({ host }).host).toBe(host);
  });
});

describe('the nearest known word', () => {
  it('differs in the fewest letters', () => {
    expect(nearest('run', ['runs', 'registry', 'ops'])).toBe('runs');
    expect(nearest('regsitry', ['runs', 'registry', 'ops'])).toBe('registry');
  });
});

describe('artifacts of local', () => {
  it('are in a folder or a bucket: of the flag, the variable, the file, or the data folder', () => {
    const config = fileOf({ artifacts: '/file', maxArtifactBytes: 7 });
    expect(read({ config, artifacts: 's3://bucket/team/' }, { RUNGRAPH_ARTIFACTS: '/variable' }).artifacts).toEqual({
      kind: 's3',
      bucket: 'bucket',
      prefix: 'team',
    });
    expect(read({ config }, { RUNGRAPH_ARTIFACTS: '/variable' }).artifacts).toEqual({ kind: 'folder', path: '/variable' });
    expect(read({ config }).artifacts).toEqual({ kind: 'folder', path: '/file' });
    expect(read({ data: '/data' }).artifacts).toEqual({ kind: 'folder', path: '/data/artifacts' });
    expect(mistakeOf({ artifacts: 'gs://bucket' })).toContain('--artifacts must be a folder or s3://bucket/prefix');
    expect(read({ config }, { RUNGRAPH_MAX_ARTIFACT_BYTES: '5' }).maxArtifactBytes).toBe(5);
    expect(read({ config }).maxArtifactBytes).toBe(7);
    for (const bytes of ['0', '-1', '1e9', 'x', ''])
      expect(mistakeOf({}, { RUNGRAPH_MAX_ARTIFACT_BYTES: bytes })).toContain('RUNGRAPH_MAX_ARTIFACT_BYTES');
  });

  it('reach S3 as MLflow and Amazon’s tools are told', () => {
    expect(read({}, { AWS_DEFAULT_REGION: 'eu-1', AWS_ENDPOINT_URL: 'http://a', MLFLOW_S3_ENDPOINT_URL: 'http://m' }).s3).toEqual({
      endpoint: 'http://m',
      region: 'eu-1',
    });
    expect(read({}, { AWS_REGION: 'eu-2', AWS_DEFAULT_REGION: 'eu-1', AWS_ENDPOINT_URL_S3: 'http://s' }).s3).toEqual({
      endpoint: 'http://s',
      region: 'eu-2',
    });
    expect(mistakeOf({}, { MLFLOW_S3_ENDPOINT_URL: 'localhost:9000' })).toContain('MLFLOW_S3_ENDPOINT_URL');
  });
});
