import Libsql from 'libsql';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { runCommand } from '../kit/command.js';
import { contentOf, openHome } from '../kit/dashai-home.js';

describe('rungraph doctor on a DashAI home', () => {
  it.each([
    ['0.9.3', '0.9.0 to 0.9.3', ['model_session.evaluation_strategy', 'metric.std_value']],
    ['0.10.0', '0.10 or newer', []],
  ] as const)('of %s says which release it looks like, lists what differs, and changes nothing', async (version, release, missing) => {
    using home = openHome(version);
    if (!home) return;
    const before = contentOf(home.folder);
    const { code, out } = await runCommand('doctor', `dashai=${home.folder}`, '--json');
    expect(code).toBe(0);
    const found = JSON.parse(out) as {
      release: string;
      revisions: string[];
      rows: Record<string, number>;
      missing: string[];
      unknown: string[];
    };
    expect(found).toMatchObject({ release, revisions: home.expected.alembic_version, unknown: [] });
    expect(found.missing).toEqual(missing.length > 0 ? expect.arrayContaining([...missing]) : []);
    for (const [table, count] of Object.entries(home.expected.counts)) expect(found.rows[table], table).toBe(count);
    expect(contentOf(home.folder)).toEqual(before);
  });

  it('names tables and columns it has never heard of', async () => {
    using home = openHome('0.10.0');
    if (!home) return;
    const database = new Libsql(join(home.folder, 'db.sqlite'));
    database.exec('ALTER TABLE run ADD COLUMN mood TEXT; CREATE TABLE crystal_ball (id INTEGER PRIMARY KEY)');
    database.close();
    const { code, out } = await runCommand('doctor', `dashai=${home.folder}`);
    expect(code).toBe(0);
    expect(out).toMatch(/not known {2}run\.mood\n/);
    expect(out).toMatch(/not known {2}crystal_ball\n/);
  });

  it.each([
    [['dashai=/nowhere'], 'There is no such file'],
    [['mlflow=/nowhere'], 'doctor takes dashai=FOLDER'],
    [['dashai=/nowhere', '--rebuild-log'], '--rebuild-log is for the embedded store'],
  ])('refuses %j in a sentence', async (args, says) => {
    const { code, err } = await runCommand('doctor', ...args);
    expect(code).toBe(1);
    expect(err).toContain(says);
    expect(err).not.toContain('at ');
  });
});
