import { afterEach, describe, expect, it } from 'vitest';
import { RequestFailed, RunGraph, RunGraphError, type WatchedBatch, type WatchStatus } from '../../sdk/src/index.js';
import { batch, startScriptedSocket, type ScriptedConnection, type ScriptedSocket } from './scripted-socket.js';

let server: ScriptedSocket | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const valuesOf = ({ series }: WatchedBatch): number[] => series.flatMap(({ values }) => [...values]);

/** Watches until so many batches have come. */
async function watch(url: string, count: number, keepAliveMs?: number): Promise<{ batches: WatchedBatch[]; statuses: WatchStatus[] }> {
  const batches: WatchedBatch[] = [];
  const statuses: WatchStatus[] = [];
  const client = new RunGraph({ url, keepAliveMs });
  for await (const each of client.watch({ runIds: ['r'] }, { onStatus: (status) => statuses.push(status) })) {
    batches.push(each);
    if (batches.length === count) break;
  }
  return { batches, statuses };
}

describe('watch, when the server', () => {
  it('delivers a batch again, tells it once', async () => {
    server = await startScriptedSocket([
      ({ next, close }) => {
        for (const [cursor, value] of [
          ['a', 1],
          ['a', 1],
          ['b', 2],
          ['a', 1],
        ] as const)
          next(batch(cursor, value));
        close(1012);
      },
      ({ next }) => {
        for (const [cursor, value] of [
          ['b', 2],
          ['c', 3],
        ] as const)
          next(batch(cursor, value));
      },
    ]);
    const { batches } = await watch(server.url, 3);
    expect(batches.flatMap(valuesOf)).toEqual([1, 2, 3]);
    // A batch that came again does not take the reader back.
    expect(server.asked.map(({ input }) => input.after)).toEqual([undefined, 'b']);
  });

  it('resets, says so, and tells everything anew', async () => {
    server = await startScriptedSocket([
      ({ next, close }) => {
        next(batch('a', 1));
        close(1001);
      },
      ({ next }) => {
        next(batch('new', null, 'RESET'));
        next(batch('new b', 1, 'HISTORY'));
      },
    ]);
    const { batches } = await watch(server.url, 3);
    expect(batches.map(({ kind, cursor }) => [kind, cursor])).toEqual([
      ['LIVE', 'a'],
      ['RESET', 'new'],
      ['HISTORY', 'new b'],
    ]);
  });

  it('completes without an error, subscribes again after the last cursor', async () => {
    server = await startScriptedSocket([
      ({ next, complete }) => {
        next(batch('a', 1));
        complete();
      },
      ({ complete }) => complete(),
      ({ next }) => next(batch('b', 2)),
    ]);
    const { batches, statuses } = await watch(server.url, 2);
    expect(batches.flatMap(valuesOf)).toEqual([1, 2]);
    expect(server.asked.map(({ input }) => input.after)).toEqual([undefined, 'a', 'a']);
    expect(statuses.map(({ state }) => state)).toEqual([
      'connecting',
      'live',
      'waiting',
      'connecting',
      'live',
      'waiting',
      'connecting',
      'live',
    ]);
  });

  it('answers an error and completes, goes on if that can help', async () => {
    const failing = { data: null, errors: [{ message: 'locked', extensions: { code: 'SOURCE_UNAVAILABLE' } }] };
    server = await startScriptedSocket([
      ({ next, complete }) => {
        next(batch('a', 1));
        next(failing);
        complete();
      },
      ({ next }) => next(batch('b', 2)),
    ]);
    const { batches, statuses } = await watch(server.url, 2);
    expect(batches.flatMap(valuesOf)).toEqual([1, 2]);
    const waiting = statuses.find(({ state }) => state === 'waiting');
    expect(waiting?.error).toBeInstanceOf(RequestFailed);
    expect(waiting?.error).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });

  it('answers an error that stays, throws it', async () => {
    server = await startScriptedSocket([
      ({ next }) => {
        next(batch('a', 1));
        next({ data: null, errors: [{ message: 'no', extensions: { code: 'FORBIDDEN' } }] });
      },
    ]);
    await expect(watch(server.url, 2)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('closes with 4429 or 4408, comes back', async () => {
    server = await startScriptedSocket([
      ({ close }) => close(4429, 'Too many connections.'),
      ({ close }) => close(4408, 'Connection initialisation timeout'),
      ({ next }) => next(batch('a', 1)),
    ]);
    const { statuses } = await watch(server.url, 1);
    const errors = statuses.flatMap(({ error }) => (error instanceof RunGraphError ? [error.code] : []));
    expect(errors).toEqual(['RATE_LIMITED', 'NETWORK']);
  });

  it.each([4400, 4401, 4403, 4409])('closes with %i, throws what it says', async (code) => {
    server = await startScriptedSocket([({ close }) => close(code, 'Not you.')]);
    await expect(watch(server.url, 1)).rejects.toMatchObject({ name: 'RunGraphError', message: 'Not you.' });
  });

  it('answers no ping, as after a sleep, connects again', async () => {
    const second = Array.from(
      { length: 20 },
      () =>
        ({ next }: ScriptedConnection) =>
          next(batch('b', 2)),
    );
    server = await startScriptedSocket([({ next }) => next(batch('a', 1)), ...second], [0]);
    const { batches } = await watch(server.url, 2, 100);
    expect(batches.flatMap(valuesOf)).toEqual([1, 2]);
    expect(server.asked[1]!.input.after).toBe('a');
  });

  it('says nothing, ends at once when it is told to', async () => {
    server = await startScriptedSocket([({ next }) => next(batch('a', 1))]);
    const stream = new RunGraph({ url: server.url }).watch({ runIds: ['r'] });
    await stream.next();
    const pending = stream.next();
    expect(await stream.return()).toEqual({ done: true, value: undefined });
    expect(await pending).toEqual({ done: true, value: undefined });
  });

  it('sends more than its reader takes, holds a bounded part and comes back for the rest', async () => {
    const send =
      (from: number) =>
      ({ next }: { next(payload: object): void }) => {
        for (let value = from; value < from + 5_000; value++) next(batch(`cursor ${value}`, value));
      };
    let after = 0;
    const connections = Array.from({ length: 100 }, () => (connection: Parameters<ReturnType<typeof send>>[0]) => send(after)(connection));
    server = await startScriptedSocket(connections);
    const values: number[] = [];
    for await (const each of new RunGraph({ url: server.url }).watch({ runIds: ['r'] })) {
      values.push(...valuesOf(each));
      after = values.length;
      // Slower than the server: everything it sends is there before the second batch is taken.
      if (values.length === 1) await new Promise((resolve) => setTimeout(resolve, 300));
      if (values.length === 200) break;
    }
    expect(values).toEqual(Array.from({ length: 200 }, (_, index) => index));
    expect(server.asked.length).toBeGreaterThan(1);
    for (const { input } of server.asked.slice(1)) expect(input.after).toMatch(/^cursor \d+$/);
  });

  it('is watched by somebody whose onStatus throws, ends with that error', async () => {
    server = await startScriptedSocket([({ next }) => next(batch('a', 1))]);
    const stream = new RunGraph({ url: server.url }).watch(
      { runIds: ['r'] },
      {
        onStatus: ({ state }) => {
          if (state === 'live') throw new Error('my mistake');
        },
      },
    );
    await expect(stream.next()).rejects.toThrow('my mistake');
  });
});
