import type { Clock } from '../../../core/clock.js';
import { refuse } from '../../../core/errors.js';
import type { Logger } from '../../../core/logger.js';
import { nearest } from '../../../core/nearest.js';
import { listOf } from './answers.js';
import { ExecutorError } from './executor-error.js';
import { createRemembered } from './remembered.js';
import type { JsonObject, Transport } from './transport.js';

/** Something DashAI has registered: a task, model, metric, optimizer, explainer, explorer, converter, … */
export interface DashaiComponent {
  /** The name of its class, by which sessions and runs name it. */
  readonly name: string;
  /** `Task`, `Model`, `Metric`, … */
  readonly type: string;
  /** As DashAI's own page shows it, in English; null when it has none. */
  readonly displayName: string | null;
  readonly description: string | null;
  /** JSON Schema of its parameters; null when it takes none. */
  readonly schema: JsonObject | null;
  /** What the component says of itself; its form depends on the type. */
  readonly metadata: JsonObject | null;
}

/** A component a caller named. */
export interface NamedComponent {
  readonly type: string;
  readonly name: string;
  /** Where in the input the name is. */
  readonly field: readonly string[];
}

/** DashAI's registry. */
export interface Registry {
  /**
   * The components of some types, as registered up to a minute ago.
   * @throws INVALID for a type DashAI does not have, and as every call
   */
  components(types: readonly string[]): Promise<readonly DashaiComponent[]>;
  /**
   * Checks names before they are used: DashAI itself may find out only when the work has begun. Where the registry cannot be
   * asked nothing is checked.
   * @throws INVALID with the nearest known name
   */
  check(named: readonly NamedComponent[]): Promise<void>;
}

const rememberForMs = 60_000;
// Checking is a courtesy: a registry that does not answer must not hold up the work.
const checkTimeoutMs = 3_000;
const maxShownLength = 100;
// One question for what sessions and runs are checked against.
const together: readonly string[] = ['Task', 'Metric', 'Optimizer'];

export function createRegistry(transport: Transport, clock: Clock, log: Logger): Registry {
  const remembered = createRemembered<readonly DashaiComponent[]>(rememberForMs, clock);

  const load = (types: readonly string[], timeoutMs: number) =>
    remembered.get(types.join(' '), async () => {
      const query = types.map((type) => `select_types=${encodeURIComponent(type)}`).join('&');
      const answer = await transport.send({ method: 'GET', path: `/component/${query && '?'}${query}`, timeoutMs });
      return listOf(answer).flatMap(toComponent);
    });

  const checkGroup = async (types: readonly string[], named: readonly NamedComponent[]) => {
    if (named.length === 0) return;
    const wasKept = remembered.has(types.join(' '));
    const ask = () => load(types, Math.min(transport.timeoutMs, checkTimeoutMs));
    let known = await ask();
    if (wasKept && named.some((one) => !isKnown(known, one))) {
      // A plugin may have brought it since.
      remembered.forget(types.join(' '));
      known = await ask();
    }
    for (const one of named) if (!isKnown(known, one)) throw unknown(known, one);
  };

  return {
    components: (types) => load(types, transport.timeoutMs),
    async check(named) {
      const others = [...new Set(named.map(({ type }) => type).filter((type) => !together.includes(type)))];
      await Promise.all(
        [together, ...others.map((type) => [type])].map((types) =>
          checkGroup(
            types,
            named.filter(({ type }) => types.includes(type)),
          ).catch((error: unknown) => {
            if (!(error instanceof ExecutorError)) throw error;
            log.debug({ types, code: error.code }, 'component names are not checked: the registry cannot be asked');
          }),
        ),
      );
    },
  };
}

const isKnown = (known: readonly DashaiComponent[], { type, name }: NamedComponent): boolean =>
  known.some((component) => component.type === type && component.name === name);

function unknown(known: readonly DashaiComponent[], { type, name, field }: NamedComponent) {
  const names = known.filter((component) => component.type === type).map((component) => component.name);
  // Finding the nearest takes time with the length; names of classes are short.
  const shown = name.slice(0, maxShownLength);
  const hint = names.length > 0 ? `the nearest it has is ${nearest(shown, names)}` : 'it has none at all';
  return refuse('INVALID', `DashAI has no ${type} called ${JSON.stringify(shown)}; ${hint}.`, field);
}

function toComponent(row: JsonObject): readonly DashaiComponent[] {
  const { name, type } = row;
  if (typeof name !== 'string' || typeof type !== 'string') return [];
  const { display_name, description, schema, metadata } = row;
  return [
    {
      name,
      type,
      displayName: textOf(display_name),
      description: textOf(description),
      schema: objectOf(schema),
      metadata: objectOf(metadata),
    },
  ];
}

// Texts in several languages come as an object where a route does not choose one.
const textOf = (value: unknown): string | null => {
  if (typeof value === 'string') return value;
  const english = objectOf(value)?.en;
  return typeof english === 'string' ? english : null;
};

const objectOf = (value: unknown): JsonObject | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
