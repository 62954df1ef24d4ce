import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { withoutControls } from '../../src/cli/terminal-text.js';
import { createApi, type Api } from '../kit/api.js';
import { startTestServer, type TestServer } from '../kit/server.js';
import { rungraph } from '../kit/program.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** `rungraph tail`, with what it has printed so far. */
interface Tail {
  readonly process: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly exited: Promise<number | null>;
  /** Resolves once it has printed the text. */
  printed(text: string): Promise<void>;
}

let server: TestServer;
let api: Api;
let run: string;
const tails: Tail[] = [];

beforeAll(async () => {
  server = await startTestServer();
  api = createApi(server);
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(async () => {
  run = await api.createRun({ name: `run ${Math.random()}` });
});
afterEach(async () => {
  for (const { process: child, exited } of tails.splice(0)) {
    child.kill('SIGKILL');
    await exited;
  }
});

function startTail(...flags: string[]): Tail {
  const child = spawn(process.execPath, [...rungraph, 'tail', '--url', server.url, ...flags], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written.err += text));
  const started: Tail = {
    process: child,
    out: () => written.out,
    err: () => written.err,
    exited: once(child, 'close').then(([code]) => code as number | null),
    async printed(text) {
      await expect.poll(started.out, { timeout: 60_000, interval: 20 }).toContain(text);
    },
  };
  tails.push(started);
  return started;
}

const log = (...lines: object[]) => api.mutate('logLines', { run, lines }, 'cursor');

describe('rungraph tail --logs', () => {
  it('ends without a word when nobody reads what it prints any more', async () => {
    await api.mutate('logLines', { run, lines: [{ message: 'read' }] });
    const tail = startTail(run, '--logs');
    await tail.printed('read');
    tail.process.stdout!.destroy();
    for (let line = 0; tail.process.exitCode === null && line < 200; line++) {
      await api.mutate('logLines', { run, lines: [{ message: 'not read' }] });
    }
    expect(await tail.exited).toBe(0);
    expect(tail.err()).toBe('');
  });

  it('prints the lines that are there and those that come, with time and level, until it is interrupted', async () => {
    await log({ message: 'before', level: 'INFO', at: '2026-01-31T12:00:00.123Z' }, { message: '', at: '2026-01-31T12:00:01Z' });
    const tail = startTail(run, '--logs');
    await tail.printed('before');
    await log({ message: 'two\nlines', level: 'ERROR', at: '2026-01-31T13:00:00Z' });
    await tail.printed('lines\n');
    tail.process.kill('SIGINT');
    expect(await tail.exited).toBe(0);
    expect(tail.out()).toBe('12:00:00.123  INFO  before\n12:00:01.000  \n13:00:00.000  ERROR  two\nlines\n');
    expect(tail.err()).toBe('');
  }, 120_000);

  it('prints no control sequence of a line but its colours', async () => {
    await log({ message: '\u001b[2J\u001b]0;title\u0007\u001b[31mred\u001b[0m\r', at: '2026-01-31T12:00:00Z' });
    const tail = startTail(run, '--logs');
    await tail.printed('red');
    await log({ message: 'end' });
    await tail.printed('end');
    expect(tail.out()).toContain('12:00:00.000  \u001b[31mred\u001b[0m\u001b[0m\n');
    expect(tail.out().replaceAll(/\u001b\[\d+m/g, '')).not.toContain('\u001b');
  }, 120_000);

  it('prints lines as they are with --json, one object a line, and goes on after the cursor of one', async () => {
    await log({ message: '\u001b[2Ja\n\0', level: 'INFO', stream: 'stdout', at: '2026-01-31T12:00:00Z' }, { message: 'b' });
    const tail = startTail(run, '--logs', '--json');
    await tail.printed('"b"');
    const lines = tail.out().trimEnd().split('\n');
    const first = JSON.parse(lines[0]!) as { cursor: string };
    expect(lines).toHaveLength(2);
    expect(first).toEqual({
      message: '\u001b[2Ja\n\0',
      level: 'INFO',
      stream: 'stdout',
      at: '2026-01-31T12:00:00.000Z',
      cursor: expect.any(String),
    });
    const rest = startTail(run, '--logs', '--json', '--after', first.cursor);
    await rest.printed('"b"');
    expect(rest.out()).not.toContain('INFO');
  }, 120_000);

  it('prints with --live only what comes from now on', async () => {
    await log({ message: 'past' });
    const tail = startTail(run, '--logs', '--live');
    // Nothing says that it has begun to listen but a line it prints.
    for (let index = 0; !tail.out().includes('new'); index++) {
      await log({ message: `new ${index}` });
      await new Promise((resolve) => setTimeout(resolve, 50));
      if (index === 400) expect.unreachable('it printed nothing');
    }
    expect(tail.out()).not.toContain('past');
  }, 120_000);

  it('goes on when the server is killed and started again: every line once', async () => {
    const own = await startTestServer();
    const { port } = new URL(own.url);
    try {
      const before = createApi(own);
      run = await before.createRun();
      await before.mutate('logLines', { run, lines: [{ message: 'before' }] });
      const tail = startTail(run, '--logs', '--url', own.url);
      await tail.printed('before');
      await own.stop('SIGKILL');
      const again = await startTestServer(['--port', port], { dataFolder: own.dataFolder });
      try {
        await createApi(again).mutate('logLines', { run, lines: [{ message: 'after' }] });
        await tail.printed('after');
        expect(
          tail
            .out()
            .split('\n')
            .map((line) => line.slice(14)),
        ).toEqual(['before', 'after', '']);
      } finally {
        await again.stop();
      }
    } finally {
      await own[Symbol.asyncDispose]();
    }
  }, 120_000);

  it('says in one sentence what is wrong: a run that does not exist, a cursor that is none, flags that do not go together', async () => {
    const mistakes: readonly (readonly [string[], string])[] = [
      [['no such run', '--logs'], 'There is no run "no such run".'],
      [[run, '--logs', '--after', 'x'], 'after is not a cursor'],
      [[run, '--logs', '--keys', 'loss'], "'--logs' cannot be used with option '--keys"],
    ];
    for (const [flags, text] of mistakes) {
      const tail = startTail(...flags);
      expect(await tail.exited).toBe(1);
      expect(tail.err()).toContain(text);
      expect(tail.err()).not.toContain('    at ');
    }
  }, 120_000);
});

describe('the text of a line on a terminal', () => {
  it.each([
    ['plain', 'Grüße 你好 🚀\ttab', 'Grüße 你好 🚀\ttab'],
    ['colours', '\u001b[1;38:5:9mx\u001b[m', '\u001b[1;38:5:9mx\u001b[m'],
    ['the cursor, the screen', 'a\u001b[2Jb\u001b[10;20Hc\u001b[?25ld\u009b2Je', 'abcde'],
    ['questions to the terminal', 'a\u001b[cb\u001b[6nc\u001bZd\u001b[>0qe', 'abcde'],
    ['titles, the clipboard, links', 'a\u001b]0;t\u0007b\u001b]52;c;eA==\u001b\\c\u001bPq#0\u001b\\d\u009d0;t\u009ce', 'abcde'],
    ['other escape sequences', 'a\u001b7b\u001b(0c\u001bcd\u001b#8e', 'abcde'],
    ['single controls', 'a\0b\bc\u0007d\u007fe\u0085f', 'abcdef'],
    ['what is cut off', 'a\u001b]0;rest\u001b', 'a0;rest'],
    ['a sequence put together by what is taken out', '\u001b\u001b[2J[2Jx', '[2Jx'],
    ['progress bars', '10%\r20%\r\nend', '10%\n20%\nend'],
  ])('%s', (_, text, expected) => {
    expect(withoutControls(text)).toBe(expected);
  });

  it('takes linear time', () => {
    for (const part of ['\u001b]', '\u009d', '\u001b[1;', '\u009b', '\u001b ', '\r', '\u001b[']) {
      const startedAt = performance.now();
      withoutControls(part.repeat(500_000));
      expect(performance.now() - startedAt).toBeLessThan(5_000);
    }
  });
});
