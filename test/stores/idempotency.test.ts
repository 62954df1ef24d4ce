import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { sql } from '../../src/stores/engine/sql.js';
import { openTestWriter, type TestWriter } from '../kit/test-writer.js';

let store: TestWriter;
let { writer, count, createRun, log } = {} as TestWriter;
beforeEach(async () => {
  store = await openTestWriter();
  ({ writer, count, createRun, log } = store);
});
afterEach(() => store.close());

describe('an idempotency key', () => {
  it('makes a repeat answer what the first time answered, and write nothing', async () => {
    const run = await createRun({ idempotencyKey: 'create' });
    expect(await createRun({ idempotencyKey: 'create' })).toBe(run);
    const first = await log(run, [1, NaN, -0], { idempotencyKey: 'log' });
    await log(run, [5]);
    expect(await log(run, [1, NaN, -0], { idempotencyKey: 'log' })).toEqual(first);
    expect(first).toEqual({ accepted: 3, position: 3n });
    expect([count('runs'), count('metrics')]).toEqual([1, 4]);
  });

  it('holds for requests that wait together', async () => {
    const runs = await Promise.all(Array.from({ length: 20 }, () => createRun({ idempotencyKey: 'once' })));
    expect(new Set(runs).size).toBe(1);
    expect(count('runs')).toBe(1);
  });

  it('is refused with another input or for another operation', async () => {
    const run = await createRun({ idempotencyKey: 'create' });
    await log(run, [0], { idempotencyKey: 'log' });
    const conflict = { name: 'RuleError', code: 'CONFLICT', field: ['idempotencyKey'] };
    await expect(createRun({ idempotencyKey: 'create', name: 'other' })).rejects.toMatchObject(conflict);
    await expect(log(run, [-0], { idempotencyKey: 'log' })).rejects.toMatchObject(conflict);
    await expect(log(run, [0], { idempotencyKey: 'create' })).rejects.toMatchObject(conflict);
    expect(count('metrics')).toBe(1);
  });

  it('is not spent by a request that failed', async () => {
    await expect(log('nowhere', [1], { idempotencyKey: 'log' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const run = await createRun();
    expect(await log(run, [1], { idempotencyKey: 'log' })).toEqual({ accepted: 1, position: 1n });
  });

  it('gives the first answer also when the run has been deleted since', async () => {
    const run = await createRun();
    const first = await log(run, [1], { idempotencyKey: 'log' });
    await writer.operation('logParams', { runId: run, params: [{ key: 'lr', value: '1' }], idempotencyKey: 'params' });
    await writer.operation('deleteRun', run);
    expect(await log(run, [1], { idempotencyKey: 'log' })).toEqual(first);
    expect(await writer.operation('logParams', { runId: run, params: [{ key: 'lr', value: '1' }], idempotencyKey: 'params' })).toBeNull();
    await expect(log(run, [2])).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('is free again after a day', async () => {
    await createRun({ idempotencyKey: 'create' });
    await writer.execute(sql`UPDATE rungraph_idempotency_keys SET created_at = created_at - ${24 * 60 * 60 * 1000}`);
    await createRun({ idempotencyKey: 'create', name: 'tomorrow' });
    expect([count('runs'), count('rungraph_idempotency_keys')]).toEqual([2, 1]);
  });
});
