import { defineConfig } from 'tsdown';

export default defineConfig({
  // One build: both entries throw the same classes of errors.
  entry: { index: 'src/index.ts', spool: 'src/spool/index.ts' },
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  // The spool is for Node; nothing else may use its types.
  tsconfig: 'src/spool/tsconfig.json',
  deps: { neverBundle: [/^node:/] },
  dts: true,
  clean: true,
  fixedExtension: false,
  logLevel: 'warn',
});
