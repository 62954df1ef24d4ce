// The import walls. One line per folder: what it may import of ours. Changing one needs a decision record.
const walls = {
  core: [],
  'schema-kit': ['core'],
  stores: ['core', 'generated'],
  live: ['core'],
  federation: ['core'],
  connectors: ['core', 'stores'],
  server: ['core', 'graph', 'live'],
  'mlflow-rest': ['core', 'stores'],
  cli: ['core', 'config', 'graph'],
  demo: ['core'],
  generated: [],
};

const wall = (folder, allowed) => ({
  name: `wall-${folder}`,
  comment: `src/${folder} may import ${['itself', ...allowed].join(', ')}.`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: `^src/(${[folder, ...allowed].join('|')})(/|\\.ts$)` },
});

const forbidden = [
  ...Object.entries(walls).map(([folder, allowed]) => wall(folder, allowed)),
  {
    name: 'wall-domains',
    comment: 'A domain may import core, schema-kit, stores and live; never another domain.',
    severity: 'error',
    from: { path: '^src/domains/([^/]+)/' },
    to: { path: '^src/', pathNot: '^src/(core|schema-kit|stores|live|domains/$1)/' },
  },
  {
    name: 'wall-graph',
    comment: "src/graph may import core, schema-kit, federation, live and the domains' index.ts; stores as types.",
    severity: 'error',
    from: { path: '^src/graph/' },
    to: { path: '^src/', pathNot: '^src/(graph|core|schema-kit|federation|live|stores)/|^src/domains/[^/]+/index\\.ts$' },
  },
  {
    name: 'wall-graph-stores',
    comment: 'The graph knows stores as types; app.ts hands them in.',
    severity: 'error',
    from: { path: '^src/graph/' },
    to: { path: '^src/stores/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'wall-main',
    comment: 'src/main.ts is the process: the command line, the life of a server, the doctor and the import.',
    severity: 'error',
    from: { path: '^src/main\\.ts$' },
    to: { path: '^src/', pathNot: '^src/(serve|doctor|import|config|version)\\.ts$|^src/(core|cli)/' },
  },
  {
    name: 'wall-config',
    comment: 'src/config.ts reads the environment with nothing but core.',
    severity: 'error',
    from: { path: '^src/config\\.ts$' },
    to: { path: '^src/', pathNot: '^src/core/' },
  },
  {
    name: 'no-door-back',
    comment: 'Nothing imports app.ts, serve.ts and main.ts from below.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/(main|serve)\\.ts$' },
    to: { path: '^src/(app|serve|doctor|import|main)\\.ts$' },
  },
  {
    name: 'sdk-alone',
    comment: 'The SDK runs in a browser and knows nothing of the server.',
    severity: 'error',
    from: { path: '^sdk/src/' },
    to: { path: '^(src|test|scripts|bench|web|examples)/' },
  },
  {
    name: 'server-uses-the-published-sdk',
    comment: "Import '@rungraph/sdk', as everybody does, not its sources.",
    severity: 'error',
    from: { path: '^(src|web|examples)/' },
    to: { path: '^sdk/src/' },
  },
  {
    name: 'sdk-for-clients-only',
    comment: 'Of the server only the command line and the demo are clients.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/(cli|demo|app\\.ts$|main\\.ts$)' },
    to: { path: '(^|/)sdk/(dist|src)/|^@rungraph/sdk' },
  },
  {
    name: 'examples-are-clients',
    comment: 'web and examples use @rungraph/sdk, nothing else of ours.',
    severity: 'error',
    from: { path: '^(web|examples)/' },
    to: { path: '^(src|test|scripts|bench|dist)/' },
  },
  {
    name: 'databases-in-stores',
    comment: 'Only src/stores talks to a driver or to Prisma.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/(stores|generated)/' },
    to: { path: '(^|/)(libsql|pg|pg-[^/]+|mysql2|mariadb|@aws-sdk/[^/]+|@prisma/[^/]+|prisma)(/|$)', dependencyTypesNot: ['local'] },
  },
  {
    name: 'generated-in-stores',
    comment: 'The Prisma clients are a matter of src/stores.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/(stores|generated)/' },
    to: { path: '^src/generated/' },
  },
  {
    name: 'no-graphql-below-the-schema',
    comment: 'Stores, connectors and the live machinery know no GraphQL.',
    severity: 'error',
    from: { path: '^src/(core|stores|live|connectors)/' },
    to: { path: '(^|/)(graphql|graphql-[^/]+|type-graphql|@graphql-[^/]+|@apollo)(/|$)', dependencyTypesNot: ['local'] },
  },
  {
    name: 'production-dependencies',
    comment: 'What the server runs with is in "dependencies"; development packages are not there in production.',
    severity: 'error',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'no-cycles',
    comment: 'A cycle means that two files are one, or that one of them knows too much.',
    severity: 'error',
    from: { path: '^(src|sdk/src)/', pathNot: '/generated/' },
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'resolvable',
    comment: 'The file or package does not exist. @rungraph/sdk has to be built first: npm run build.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true, pathNot: '^@rungraph/sdk' },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden,
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    // Types count too: a wall that lets types through is soon a door.
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '(^|/)dist/', '/generated/'] },
    exclude: { path: ['^test/fixtures/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
