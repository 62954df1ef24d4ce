import { describe, expect, it } from 'vitest';

import { localTimeReader } from '../../../src/stores/dashai/local-time.sql.js';
import { encodedTwice, listText, objectText } from '../../../src/stores/dashai/writing/json-text.js';
import { createLocalClock } from '../../../src/stores/dashai/writing/local-clock.js';
import { raw } from '../../../src/stores/engine/sql.js';
import Libsql from 'libsql';

const moment = (text: string) => Date.parse(text);
const json = (value: unknown) => objectText(value, ['field'], 'It');

describe('a time as DashAI keeps it', () => {
  it.each([
    ['UTC', '2026-11-21T06:28:07.560Z', '2026-11-21 06:28:07.560000'],
    ['America/Santiago', '2026-11-21T06:28:07.005Z', '2026-11-21 03:28:07.005000'],
    ['America/Santiago', '2026-07-01T00:00:00Z', '2026-06-30 20:00:00.000000'],
    ['Asia/Kathmandu', '2026-01-01T00:00:00.001Z', '2026-01-01 05:45:00.001000'],
    ['Europe/Berlin', '2026-10-25T00:59:59.999Z', '2026-10-25 02:59:59.999000'],
    ['Europe/Berlin', '2026-10-25T01:00:00Z', '2026-10-25 02:00:00.000000'],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', '2026-03-29 03:00:00.000000'],
  ])('is in %s, for %s, %s', (zone, at, text) => {
    expect(createLocalClock(zone)(moment(at))).toBe(text);
  });

  it.each(['UTC', 'America/Santiago', 'Asia/Kathmandu', 'Europe/Berlin'])('is read back as the moment it was in %s', (zone) => {
    const clock = createLocalClock(zone);
    const db = new Libsql(':memory:');
    const read = db.prepare(`SELECT ${localTimeReader(zone)(raw('x')).text} FROM (SELECT ? AS x)`).raw(true);
    // 37 hours and a bit: every hour of the day, every day of the year, no hour that the clocks show twice.
    for (let at = moment('2026-01-01T00:30:00.123Z'); at < moment('2027-01-01'); at += 133_211_007) {
      expect((read.all([clock(at)]) as number[][])[0]![0], clock(at)).toBe(at);
    }
    db.close();
  });
});

describe('JSON as DashAI keeps it', () => {
  it('keeps integers integers, and writes what Python writes', () => {
    expect(json({ n: 100, one: 1.5, tiny: 1e-7, huge: 1e21, minus: -0, no: null, list: [true, []], inner: {} })).toBe(
      '{"n": 100, "one": 1.5, "tiny": 1e-07, "huge": 1e+21, "minus": -0.0, "no": null, "list": [true, []], "inner": {}}',
    );
  });

  it('escapes all but ASCII, unit by unit', () => {
    expect(listText(['größe', '🌱', '\u007f\u0000\n"\\', '\ud800'])).toBe(
      '["gr\\u00f6\\u00dfe", "\\ud83c\\udf31", "\\u007f\\u0000\\n\\"\\\\", "\\ud800"]',
    );
  });

  it('is a text within JSON where DashAI encodes twice', () => {
    expect(encodedTwice(json({ a: 'ö' }))).toBe('"{\\"a\\": \\"\\\\u00f6\\"}"');
  });

  it.each([
    ['a list', []],
    ['a text', '{}'],
    ['null', null],
    ['a number', 1],
  ])('refuses %s where an object must be', (_what, value) => {
    expect(() => json(value)).toThrow(expect.objectContaining({ code: 'INVALID', field: ['field'] }));
  });
});
