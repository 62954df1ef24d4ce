import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { RuleError } from '../../../src/core/errors.js';
import { startThread, type Thread } from '../../../src/stores/engine/thread.js';

describe('a thread whose entry is TypeScript', () => {
  let thread: Thread;

  beforeEach(() => {
    thread = startThread(new URL('./echo.thread.ts', import.meta.url), { answer: 42n });
  });
  afterEach(() => thread.close());

  it('answers with values as they are, int64 and NaN included', async () => {
    const answer = await thread.call({ step: 9_007_199_254_740_993n, value: NaN });
    expect(answer).toEqual({ startedWith: { answer: 42n }, asked: { step: 9_007_199_254_740_993n, value: NaN } });
  });

  it('answers every call with its own answer, whichever is ready first', async () => {
    const order: unknown[] = [];
    const slow = thread.call('slow').then((answer) => order.push(answer));
    const quick = thread.call('quick').then(() => order.push('quick'));
    expect(thread.pending).toBe(2);
    await Promise.all([slow, quick]);
    expect(order).toEqual(['quick', 'slow']);
    expect(thread.pending).toBe(0);
  });

  it('rejects with the error of the thread, code and field kept', async () => {
    const error: unknown = await thread.call('refuse').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RuleError);
    expect(error).toMatchObject({ code: 'INVALID', message: 'Not this.', field: ['input'] });
  });

  it('rejects open and later calls once it is closed', async () => {
    const open = thread.call('slow').catch((reason: unknown) => reason);
    await thread.close();
    await expect(open).resolves.toBeInstanceOf(Error);
    await expect(thread.call('quick')).rejects.toThrow('The store was closed.');
  });
});
