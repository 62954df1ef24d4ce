import { describe, expect, it } from 'vitest';

import { createHomeExecutor, type HomeExecutor, type Witness } from '../../../src/stores/dashai/home-executor.js';
import { jobId, refused, timeoutMs, useExecutorBench } from '../../kit/executor-bench.js';

const created = '2026-11-21T06:29:13.448362';
const atUtc = Date.parse('2026-11-21T06:29:13.448Z');
const hours = 3_600_000;

describe('the executor of a home', () => {
  const bench = useExecutorBench('0.10.0');
  let acted = 0;
  const open = (): HomeExecutor => {
    acted = 0;
    bench.replay.add('GET', '/model-session/1', 200, { id: 1, created });
    return createHomeExecutor({
      ...{ name: 'lab', url: bench.replay.url.replace('//', '//ada:s3cret@'), timeoutMs, log: bench.log },
      ...{ clock: { now: () => 0, sleep: async () => {} }, acted: async () => void acted++ },
    });
  };
  const witness = (createdAt: number | null): Witness => ({ kind: 'model-session', id: 1, createdAt });
  const start = (executor: HomeExecutor, by: Witness | null) => executor.act('run 1', by, (dashai) => dashai.startRun(1));

  it.each([
    ['in UTC', atUtc],
    ['three hours behind it', atUtc + 3 * hours],
    ['five hours and three quarters before it', atUtc - 5.75 * hours],
    ['which does not say when', null],
  ])('knows its home by when a row of it was created, by the clock of a host %s', async (_where, createdAt) => {
    const executor = open();
    expect(await start(executor, witness(createdAt))).toMatchObject({ runId: 1 });
    expect(acted).toBe(1);
    executor.close();
  });

  it('acts without a witness where there is none', async () => {
    const executor = open();
    expect(await start(executor, null)).toMatchObject({ runId: 1 });
    expect(bench.replay.requests.map(({ method }) => method)).toEqual(['POST']);
    executor.close();
  });

  it('does nothing in another home', async () => {
    const executor = open();
    const isOther = refused('EXECUTOR_UNAVAILABLE', /^The DashAI at http:\/\/127[^@]* does not serve the home lab: its model session 1 /);
    await expect(start(executor, witness(atUtc + 1))).rejects.toEqual(isOther);
    bench.replay.add('GET', '/model-session/1', 404, { detail: 'Model session not found' });
    await expect(start(executor, witness(atUtc))).rejects.toEqual(refused('EXECUTOR_UNAVAILABLE', /it has no model session 1\./, null));
    expect(bench.sent().map(({ method }) => method)).toEqual(['GET', 'GET']);
    expect(acted).toBe(0);
    executor.close();
  });

  it('lets actions of one subject wait for each other, and those of others not', async () => {
    const executor = open();
    const order: string[] = [];
    let release = () => {};
    const first = executor.act('run 1', null, async () => {
      await new Promise<void>((resolve) => (release = resolve));
      order.push('first');
      throw new Error('it failed');
    });
    const second = executor.act('run 1', null, async () => void order.push('second'));
    await executor.act('run 2', null, async () => void order.push('other'));
    release();
    await expect(first).rejects.toThrow('it failed');
    await second;
    expect(order).toEqual(['other', 'first', 'second']);
    expect(acted).toBe(3);
    executor.close();
  });

  it('breaks off what is under way when it is closed, and shows no password', async () => {
    const executor = open();
    bench.replay.fail('GET', `/job/status/${jobId}`, 'silence');
    const cancelled = expect(executor.act('job', null, (dashai) => dashai.cancelJob(jobId))).rejects.toEqual(
      refused('EXECUTOR_UNAVAILABLE', /stopping/),
    );
    while (bench.replay.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    executor.close();
    await cancelled;
    expect([executor.root, ...bench.log.lines].join('\n')).not.toMatch(/ada|s3cret/);
  });
});
