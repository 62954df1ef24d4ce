import { randomUUID } from 'node:crypto';
import type { BellBoard } from '../../../core/bell.js';
import type { Clock } from '../../../core/clock.js';
import type { Logger } from '../../../core/logger.js';
import { startListener } from './listener.js';

/**
 * Lets the bells of all servers on one database ring together, through LISTEN and NOTIFY. A ring says where to look and
 * nothing else, so one that is lost (a server died between its commit and its ring) is made good by the next look at everything.
 */
export interface Doorbell {
  /** A board whose rings the boards of the same name on the other servers hear, too. */
  share(name: string, board: BellBoard): BellBoard;
  close(): Promise<void>;
}

const channel = 'rungraph';
/** Instead of topics: look at all. No encoded topic is a lone percent sign. */
const everything = '%';
/** PostgreSQL refuses 8,000 bytes. */
const maxPayloadBytes = 7_000;
/** How often whoever listens looks without having been rung for. */
const lookEveryMs = 5_000;

export function createDoorbell({ url, clock, log }: { url: string; clock: Clock; log: Logger }): Doorbell {
  const boards = new Map<string, BellBoard>();
  const self = randomUUID().slice(0, 8);
  const stopping = new AbortController();
  const listener = startListener({ url, channel, onMessage: hear, onListening: ringAll, clock, log });
  const announcements = createAnnouncements(self, listener);

  function ringAll(): void {
    for (const board of boards.values()) if (board.isHeard) board.ringAll();
  }

  function hear(payload: string): void {
    const [sender, name, ...topics] = payload.split(' ');
    const board = boards.get(name ?? '');
    if (sender === self || !board) return;
    if (topics[0] === everything) board.ringAll();
    else for (const topic of topics) board.ring(decodeURIComponent(topic));
  }

  async function lookNowAndThen(): Promise<void> {
    while (!stopping.signal.aborted) {
      await clock.sleep(lookEveryMs, stopping.signal);
      ringAll();
    }
  }

  const ended = lookNowAndThen();
  return {
    share(name, board) {
      boards.set(name, board);
      return {
        get isHeard() {
          return board.isHeard;
        },
        ring(topic) {
          board.ring(topic);
          announcements.add(name, encodeURIComponent(topic));
        },
        ringAll() {
          board.ringAll();
          announcements.add(name, everything);
        },
        ringUnclear() {
          board.ringUnclear();
          announcements.add(name, everything);
        },
        get topics() {
          return board.topics;
        },
        hang: (topics, bell) => board.hang(topics, bell),
      };
    },
    async close() {
      stopping.abort();
      await listener.close();
      await ended;
    },
  };
}

/** Tells the others, with as few messages as it takes: what comes while one is under way goes together. */
function createAnnouncements(self: string, listener: ReturnType<typeof startListener>) {
  const waiting = new Map<string, Set<string>>();
  let isTelling = false;

  async function tell(): Promise<void> {
    if (isTelling) return;
    isTelling = true;
    for (const [name, topics] of waiting) {
      waiting.delete(name);
      await listener.say(payloadOf(name, topics));
    }
    isTelling = false;
    if (waiting.size > 0) void tell();
  }

  function payloadOf(name: string, topics: ReadonlySet<string>): string {
    const payload = [self, name, ...topics].join(' ');
    return topics.has(everything) || Buffer.byteLength(payload) > maxPayloadBytes ? [self, name, everything].join(' ') : payload;
  }

  return {
    add(name: string, topic: string): void {
      // Nobody can be told; the others look at everything now and then.
      if (!listener.isListening) return;
      if (!waiting.has(name)) waiting.set(name, new Set());
      waiting.get(name)!.add(topic);
      void tell();
    },
  };
}
