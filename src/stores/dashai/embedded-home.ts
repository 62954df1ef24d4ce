import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import { readMigrations } from '../engine/migrations.js';
import type { Readers } from '../engine/readers.js';
import { migrateSqlite } from '../engine/sqlite/migrate.js';
import type { Durability } from '../engine/sqlite/open.js';
import { attachDashai, type AttachedHome } from './attached-home.js';

export interface EmbedHomeOptions {
  readonly dataFolder: string;
  readonly durability: Durability;
  readonly pollIntervalMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Opens (and creates or migrates) our own DashAI-shaped database `dashai.db`, the source `dashai`. It is read as any home
 * is, on connections that cannot write; its times are UTC.
 * @throws DatabaseRefused when the file there is not ours, newer, or edited; it is left as it was
 */
export function embedDashai(readers: Readers, options: EmbedHomeOptions): AttachedHome {
  mkdirSync(options.dataFolder, { recursive: true });
  const path = join(options.dataFolder, 'dashai.db');
  migrateSqlite(path, readMigrations('dashai', 'sqlite'));
  return attachDashai(readers, {
    ...options,
    name: 'dashai',
    url: null, // nobody executes its runs
    location: { engine: 'sqlite', path, foreign: true, tables: { of: 'dashai', timeZone: 'UTC' } },
    layout: 'dashai (embedded SQLite)',
    writing: { isForeign: false, durability: options.durability },
  });
}
