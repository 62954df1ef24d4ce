/**
 * A spool on disk for networks that come and go; Node only.
 * @packageDocumentation
 */
export { openSpool, resumeSpool, type Spool, type SpoolLeft, type SpoolOptions, type WaitOptions } from './spool.js';
export type { SpooledRun } from './spooled-run.js';
export type { SpoolClient } from './sender.js';
