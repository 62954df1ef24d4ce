import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Bundles GraphiQL with everything it needs; the page asks nobody but the server it came from. */
export default defineConfig({
  root: here('.'),
  // The server mounts the page under /graphiql/, a proxy may mount that anywhere.
  base: './',
  publicDir: false,
  build: {
    outDir: here('../../dist/graphiql'),
    emptyOutDir: true,
    target: 'es2022',
    // One script: GraphiQL would ask for thirty more as soon as it starts, one after the other.
    rolldownOptions: {
      output: { codeSplitting: false },
      // 'use client' means something to React servers only.
      checks: { moduleLevelDirective: false },
    },
    chunkSizeWarningLimit: 1500,
    // The licences of what is bundled travel with the bundle.
    license: { fileName: 'licenses.md' },
  },
});
