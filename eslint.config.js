import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const typescript = ['**/*.ts', '**/*.tsx'];
const readsEnvironment = [
  'src/config.ts',
  'scripts/**',
  'test/**',
  'sdk/test/**',
  'bench/**',
  'examples/**',
  'deploy/**',
  '**/*.config.ts',
];
const printsToConsole = ['src/cli/**', 'scripts/**', 'examples/**', 'bench/**', 'deploy/**'];

export default defineConfig(
  globalIgnores(['**/generated/**', '**/dist/**', '**/coverage/**', '**/.rungraph/**', 'test/fixtures/**']),
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: { 'no-console': 'error', eqeqeq: ['error', 'always', { null: 'ignore' }] },
  },
  {
    files: typescript,
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true, allowNullish: false }],
      // A store is asynchronous by contract; on SQLite the driver under it is not.
      '@typescript-eslint/require-await': 'off',
      // What createX returns has methods that do not use `this`; handing one on is how parts are put together.
      '@typescript-eslint/unbound-method': 'off',
      // The enums of graphql-js are the strings of the specification: `node.kind === 'Field'`.
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // A failure that is not an Error is passed on as it came.
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
    },
  },
  {
    files: typescript,
    ignores: readsEnvironment,
    rules: {
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'Read the environment in src/config.ts.' }],
      'no-restricted-imports': [
        'error',
        {
          paths: ['process', 'node:process'].map((name) => ({
            name,
            importNames: ['env'],
            message: 'Read the environment in src/config.ts.',
          })),
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts', 'sdk/src/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // The server's answers are JSON of many shapes; what a test expects of one says more than a type would.
    files: ['test/**/*.ts'],
    rules: {
      ...Object.fromEntries(
        ['assignment', 'member-access', 'argument', 'call', 'return'].map((name) => [`@typescript-eslint/no-unsafe-${name}`, 'off']),
      ),
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
    },
  },
  // Settings of tools belong to no tsconfig but the root's.
  { files: ['*/**/*.config.ts'], extends: [tseslint.configs.disableTypeChecked] },
  { files: printsToConsole, rules: { 'no-console': 'off' } },
);
