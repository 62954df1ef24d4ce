import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Bundles the page with everything it needs; it asks nobody but the server it came from. */
export default defineConfig({
  root: here('.'),
  // The server mounts the page at its root, a proxy may mount that anywhere.
  base: './',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: here('../../dist/page'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    // One script: what is small is asked for at once.
    rolldownOptions: { output: { codeSplitting: false } },
    // The licences of what is bundled travel with the bundle.
    license: { fileName: 'licenses.md' },
  },
  // `vite --config web/page/vite.config.ts` while a server runs on its usual port.
  server: { proxy: { '/graphql': { target: 'http://127.0.0.1:4000', ws: true } } },
});
