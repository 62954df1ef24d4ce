import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import { parseExecutorAddress } from './executor/address.js';
import { createDashaiClient, type DashaiClient } from './executor/dashai-client.js';
import { ExecutorError } from './executor/executor-error.js';
import type { NamedComponent } from './executor/registry.js';
import type { WitnessKind } from './executor/witnesses.js';

/** A row by which a home is known: no two homes created the row of a number at the same moment. */
export interface Witness {
  readonly kind: WitnessKind;
  readonly id: number;
  /** When it was created, as the home has it: milliseconds since the epoch, or null. */
  readonly createdAt: number | null;
}

/** Lets the DashAI that serves a home do what only DashAI can do. */
export interface HomeExecutor {
  /** The address without credentials. */
  readonly root: string;
  /**
   * Does something, one action of a subject at a time: what the action finds out about its subject holds while it acts. Whoever
   * follows the home is told before it resolves.
   * @param witness null where there is none; then it is not looked at whose DashAI it is
   * @throws EXECUTOR_UNAVAILABLE when the DashAI at the address does not serve this home; nothing was done then
   * @throws what the action throws
   */
  act<T>(subject: string, witness: Witness | null, action: (dashai: DashaiClient) => Promise<T>): Promise<T>;
  /** Checks names of components against DashAI's registry; where that cannot be asked nothing is checked. @throws INVALID */
  check(named: readonly NamedComponent[]): Promise<void>;
  /** Breaks off what is under way. */
  close(): void;
}

export interface HomeExecutorNeeds {
  /** Name of the source. */
  readonly name: string;
  readonly url: string;
  readonly timeoutMs?: number;
  /** Called when something was done, or may have been. */
  readonly acted: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** @throws INVALID when the address is no http or https one */
export function createHomeExecutor({ name, url, acted, ...options }: HomeExecutorNeeds): HomeExecutor {
  const { root } = parseExecutorAddress(url);
  const dashai = createDashaiClient({ ...options, url });
  const inTurn = createTurns();
  return {
    root,
    act: (subject, witness, action) =>
      inTurn(subject, async () => {
        if (witness) await checkHome(dashai, witness, `The DashAI at ${root} does not serve the home ${name}`);
        try {
          return await action(dashai);
        } finally {
          await acted();
        }
      }),
    check: dashai.check,
    close: dashai.close,
  };
}

/** The distance of every zone from UTC is a multiple of it, and DashAI's texts have no zone. */
const zoneGridMs = 900_000;

/** Rows of all homes are numbered from 1: with the address of another home, the wrong run would be trained or reset. */
async function checkHome(dashai: DashaiClient, { kind, id, createdAt }: Witness, isNot: string): Promise<void> {
  const noun = kind.replace('-', ' ');
  const created = await dashai.createdAt(kind, id).catch((error: unknown) => {
    if (!(error instanceof ExecutorError) || error.code !== 'NOT_FOUND') throw error;
    throw error.as('EXECUTOR_UNAVAILABLE', `${isNot}: it has no ${noun} ${id}. Set the home's url to that of its own DashAI.`, null);
  });
  const difference = created === null || createdAt === null ? 0 : (Date.parse(`${created}Z`) - createdAt) % zoneGridMs;
  if (difference === 0 || Number.isNaN(difference)) return;
  const message = `${isNot}: its ${noun} ${id} is another one. Set the home's url to that of its own DashAI.`;
  throw new ExecutorError('EXECUTOR_UNAVAILABLE', message, 'NOT_DONE');
}

type Turns = <T>(subject: string, action: () => Promise<T>) => Promise<T>;

/** Lets actions of one subject wait for each other, in the order in which they came. */
function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return async (subject, action) => {
    const before = last.get(subject) ?? Promise.resolve();
    const turn = before.then(action, action);
    last.set(subject, turn);
    try {
      return await turn;
    } finally {
      if (last.get(subject) === turn) last.delete(subject);
    }
  };
}
