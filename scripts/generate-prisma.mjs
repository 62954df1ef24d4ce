// Generates the Prisma clients from the checked-in models: offline, and only when something changed.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const prismaVersion = require('prisma/package.json').version;

/** One line per client: another provider of the same models is another line with an output of its own. */
const clients = [
  { models: 'mlflow', provider: 'sqlite', output: 'prisma-mlflow' },
  { models: 'mlflow', provider: 'postgresql', output: 'prisma-mlflow-postgresql' },
];

for (const client of clients) generate(client);

function generate({ models, provider, output }) {
  // Beside the clients, so that whoever deletes src/generated starts clean.
  const folder = join(root, 'src/generated/models', models, provider);
  const files = {
    'datasource.prisma': datasource(provider, `../../../${output}`),
    'models.prisma': forProvider(provider, readFileSync(join(root, 'prisma', models, 'models.prisma'), 'utf8')),
  };
  const stampFile = join(folder, 'stamp');
  const stamp = createHash('sha256')
    .update(JSON.stringify([prismaVersion, files]))
    .digest('hex');
  const target = join(root, 'src/generated', output);
  if (existsSync(join(target, 'client.ts')) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;

  rmSync(stampFile, { force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  runPrisma(folder);
  writeFileSync(stampFile, stamp);
}

function runPrisma(schemaFolder) {
  const cli = join(root, 'node_modules/prisma/build/index.js');
  const env = { ...process.env, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' };
  try {
    execFileSync(process.execPath, [cli, 'generate', '--no-hints', '--schema', schemaFolder], { cwd: root, env, stdio: 'pipe' });
  } catch (error) {
    throw new Error(`prisma generate failed\n${error.stdout}\n${error.stderr}`, { cause: error });
  }
}

// A datasource on one line is a syntax error to Prisma.
function datasource(provider, output) {
  return `datasource db {
  provider = "${provider}"
}

generator client {
  provider               = "prisma-client"
  output                 = "${output}"
  engineType             = "client"
  runtime                = "nodejs"
  moduleFormat           = "esm"
  generatedFileExtension = "ts"
  importFileExtension    = "js"
}
`;
}

// Prisma refuses names of primary and foreign keys on SQLite, where it cannot see them; the other providers need them.
function forProvider(provider, models) {
  if (provider !== 'sqlite') return models;
  return models.replace(/(@@?id|@relation)\(([^)]*?)(?:, )?map: "[^"]*"\)/g, (_, attribute, rest) =>
    rest ? `${attribute}(${rest})` : attribute,
  );
}
