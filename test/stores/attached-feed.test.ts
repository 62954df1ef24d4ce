import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createBell } from '../../src/core/bell.js';
import { systemClock } from '../../src/core/clock.js';
import { createArrivalMemory } from '../../src/stores/mlflow/following/arrival-memory.js';
import { createAttachedFeed, type AttachedFeed } from '../../src/stores/mlflow/following/attached-feed.js';
import { reads, type ReadInput, type ReadName, type ReadOutput } from '../../src/stores/mlflow/reads.js';
import { StoreFailure } from '../../src/stores/store-failure.js';
import {
  bareRun,
  insertRuns,
  openAnyTestDatabase,
  storesOfEveryEngine,
  type AnyTestDatabase,
  type TestDatabase,
} from '../kit/mlflow-database.js';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

describe.each(storesOfEveryEngine.filter(({ layout }) => layout === 'foreign'))('the feed of an attached database on $engine', (store) => {
  let database: AnyTestDatabase;
  let feed: AttachedFeed;
  /** The question that fails the next time it is asked, as when the connection is cut. */
  let failing: ReadName | null = null;

  beforeEach(async () => {
    database = { ...(await openAnyTestDatabase(store, 'lab', ['Default'])), arrivals: createArrivalMemory() };
    await insertRuns(database, [bareRun('a')]);
    const reader = {
      async read<Name extends ReadName>(name: Name, input: ReadInput<Name>): Promise<ReadOutput<Name>> {
        if (name === failing) {
          failing = null;
          throw new StoreFailure('UNREADABLE', 'The connection was cut.');
        }
        return (await (reads[name] as (from: AnyTestDatabase, asked: unknown) => unknown)(database, input)) as ReadOutput<Name>;
      },
    };
    feed = createAttachedFeed({ name: 'lab', reader, pollIntervalMs: 20, clock: systemClock, log: silent });
  });
  afterEach(async () => {
    await feed.close();
    await database.close();
  });

  /** Writes as another program does; SQLite tells of others' commits only. */
  async function exec(text: string): Promise<void> {
    if (store.engine !== 'sqlite') return database.exec(store.engine === 'mysql' ? text.replaceAll('"', '`') : text);
    const other = new Libsql((database as unknown as TestDatabase).path);
    other.exec(text);
    other.close();
  }
  const kindsAfter = async (sequence: bigint) => (await feed.eventsAfter(sequence, 10)).map(({ runId, kind }) => `${kind} ${runId}`);

  it('tells of params and tags also when the look that found them failed half-way', async () => {
    const unhang = feed.events.hang('all', createBell());
    const end = await feed.endOfEvents();
    await new Promise((resolve) => setTimeout(resolve, 60));
    failing = 'runMarks';
    await exec(`INSERT INTO tags ("key", value, run_uuid) VALUES ('team', 'red', 'a')`);
    await vi.waitFor(async () => expect([failing, await kindsAfter(end)]).toEqual([null, ['UPDATED a']]), 5_000);
    unhang();
  });

  it('tells those who come back of params that were logged while nobody listened', async () => {
    const end = await feed.endOfEvents();
    const unhangPoints = feed.points.hang('all', createBell());
    await new Promise((resolve) => setTimeout(resolve, 60));
    await exec(`INSERT INTO params ("key", value, run_uuid) VALUES ('lr', '0.1', 'a')`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const unhang = feed.events.hang('all', createBell());
    await vi.waitFor(async () => expect(await kindsAfter(end)).toEqual(['UPDATED a']), 5_000);
    unhang();
    unhangPoints();
  });
});
