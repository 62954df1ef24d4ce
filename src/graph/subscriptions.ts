import { createSourceEventStream, getOperationAST, visit, type DocumentNode, type ExecutionResult, type GraphQLSchema } from 'graphql';
import type { Logger } from '../core/logger.js';
import type { FanOut } from '../live/fan-out.js';
import type { Outlet } from '../live/outlet.js';
import { LiveStream } from '../live/tail.js';
import { toPublicError } from './errors.js';
import type { Execute, Operation } from './execute.js';

/** A subscription whose arguments were accepted. */
export interface OpenSubscription {
  /**
   * Writes results to the outlet until the signal is aborted. What ends it earlier, a source that cannot be read any more,
   * is the last result.
   */
  serve(outlet: Outlet, signal: AbortSignal): Promise<void>;
}

/** Opens subscriptions, or says why one is refused. */
export type Subscribe = (operation: Operation) => Promise<OpenSubscription | { readonly refused: ExecutionResult }>;

export interface SubscriptionNeeds {
  readonly schema: GraphQLSchema;
  readonly execute: Execute;
  readonly fanOut: FanOut;
  /** A context for each event, so that no loader remembers what was. */
  readonly createContext: () => object;
  readonly log: Logger;
}

/** Subscriptions with the same document and variables share one execution of each event and one text of its result. */
export function createSubscribe({ schema, execute, fanOut, createContext, log }: SubscriptionNeeds): Subscribe {
  return async (operation) => {
    const { document, operationName, variables, context } = operation;
    const stream: unknown = await createSourceEventStream({
      schema,
      document,
      operationName,
      variableValues: variables,
      contextValue: context,
    });
    if (!(stream instanceof LiveStream)) return { refused: stream as ExecutionResult };
    const render = async (batch: unknown): Promise<string> =>
      JSON.stringify(publicResult(await execute({ document, operationName, variables, context: createContext(), root: batch }), log));
    const renderKey = JSON.stringify([document.loc?.source.body, operationName, usedVariables(document, operationName, variables)]);
    return {
      async serve(outlet, signal) {
        try {
          await fanOut.serve({ stream, renderKey, render, outlet, signal });
        } catch (error) {
          outlet.write(JSON.stringify({ errors: [toPublicError(error, log)] }));
        }
      },
    };
  };
}

/** A result as clients may see it. */
export function publicResult(result: ExecutionResult, log: Logger): ExecutionResult {
  if (!result.errors) return result;
  // Formatted errors are what is sent; the type wants their unformatted kin.
  return { ...result, errors: result.errors.map((error) => toPublicError(error, log)) as unknown as ExecutionResult['errors'] };
}

/**
 * Variables that the result of an event depends on. Those that only the subscription field's own arguments use do not count:
 * they say which stream it is and where it begins, which the stream itself knows.
 */
function usedVariables(
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Record<string, unknown> | null | undefined,
): Record<string, unknown> {
  const used: Record<string, unknown> = {};
  const operation = getOperationAST(document, operationName)!;
  visit(document, {
    VariableDefinition: () => false,
    Field: (field) => {
      const isRoot = operation.selectionSet.selections.includes(field);
      return isRoot ? { ...field, arguments: [] } : undefined;
    },
    Variable: ({ name }) => {
      used[name.value] = variables?.[name.value];
    },
  });
  return used;
}
