import type { Clock } from '../../../core/clock.js';
import { ExecutorError } from './executor-error.js';
import { createRemembered } from './remembered.js';
import type { Transport } from './transport.js';

/**
 * What the running release takes and can do, as far as releases differ. Told from what it says of itself rather than by a version:
 * its OpenAPI description calls itself 0.1.0 in every release.
 */
export interface Release {
  /** Sessions must name an evaluation strategy (0.10). */
  readonly sessionsTakeStrategy: boolean;
  /** Explainers have a name, which is unique (before 0.10). */
  readonly explainersTakeName: boolean;
  /** Predictions can be of one split (0.10). */
  readonly predictionsTakeSplit: boolean;
  /** Runs can ask for nested cross-validation (0.10). */
  readonly runsTakeNested: boolean;
  /** A job that has started can be stopped (0.10); older ones forget its row and let it run on. */
  readonly stopsStartedJobs: boolean;
}

// A DashAI that is upgraded is away for longer than a call takes; ten minutes bound how long we write in the older form.
const rememberForMs = 600_000;

/** Tells the release of the DashAI behind a transport, and keeps what it found. @throws ExecutorError when it cannot be asked */
export function createReleaseProbe(transport: Transport, clock: Clock): () => Promise<Release> {
  const remembered = createRemembered<Release>(rememberForMs, clock);
  return () => remembered.get('release', async () => (await fromDescription(transport)) ?? fromRegistry(transport));
}

async function fromDescription(transport: Transport): Promise<Release | null> {
  const description = await transport.send({ method: 'GET', path: '/openapi.json' }).catch((error: unknown) => {
    // Its description can be switched off.
    if (error instanceof ExecutorError && error.status !== null && error.code !== 'EXECUTOR_UNAVAILABLE') return null;
    throw error;
  });
  const session = bodyFields(description, '/model-session/');
  if (!session) return null;
  const takesStrategy = session.has('evaluation_strategy');
  return {
    sessionsTakeStrategy: takesStrategy,
    explainersTakeName: bodyFields(description, '/explainer/global')?.has('name') ?? !takesStrategy,
    predictionsTakeSplit: bodyFields(description, '/predict/')?.has('split') ?? takesStrategy,
    runsTakeNested: bodyFields(description, '/run/')?.has('nested') ?? takesStrategy,
    // The description says nothing of it; it came with the strategies.
    stopsStartedJobs: takesStrategy,
  };
}

/** Without a description: evaluation strategies are components since there are any. A type the registry does not know is a 422. */
async function fromRegistry(transport: Transport): Promise<Release> {
  const hasStrategies = await transport.send({ method: 'GET', path: '/component/?select_types=EvaluationStrategy' }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof ExecutorError && error.status === 422) return false;
      throw error;
    },
  );
  return {
    sessionsTakeStrategy: hasStrategies,
    explainersTakeName: !hasStrategies,
    predictionsTakeSplit: hasStrategies,
    runsTakeNested: hasStrategies,
    stopsStartedJobs: hasStrategies,
  };
}

/** Names of the members a POST to a path takes, from the description; null when it does not say. */
function bodyFields(description: unknown, path: string): ReadonlySet<string> | null {
  const reference = member(description, 'paths', path, 'post', 'requestBody', 'content', 'application/json', 'schema', '$ref');
  if (typeof reference !== 'string') return null;
  const properties = member(description, ...reference.replace(/^#\//, '').split('/'), 'properties');
  return typeof properties === 'object' && properties !== null ? new Set(Object.keys(properties)) : null;
}

const member = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? (at as Record<string, unknown>)[name] : undefined),
    value,
  );
