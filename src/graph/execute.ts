import { execute, GraphQLError, type DocumentNode, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit';
import { withReadyVariables, type CompilableDocument } from './ready-variables.js';

/** One operation to execute; documents are parsed and validated. */
export interface Operation {
  readonly document: DocumentNode;
  readonly operationName: string | null | undefined;
  readonly variables: Record<string, unknown> | null | undefined;
  readonly context: unknown;
  readonly root?: unknown;
}

export type Execute = (operation: Operation) => Promise<ExecutionResult>;

interface Compiled {
  readonly query: CompiledQuery;
  readonly readVariables: CompilableDocument['readVariables'];
}

/** Documents that stay compiled. */
const maxCompiled = 500;

/**
 * Executes operations, compiled to plain JavaScript per document unless `compiled` is off.
 * What the compiler cannot do, and every request whose variables it refuses, goes through graphql-js, which words errors better.
 */
export function createExecutor(schema: GraphQLSchema, { compiled }: { compiled: boolean }): Execute {
  const interpret = async ({ document, operationName, variables, context, root }: Operation): Promise<ExecutionResult> =>
    execute({ schema, document, operationName, variableValues: variables ?? {}, contextValue: context, rootValue: root });
  if (!compiled) return interpret;

  const queries = new WeakMap<DocumentNode, Map<string, Compiled | null>>();
  const order: WeakRef<DocumentNode>[] = [];

  function compile(document: DocumentNode, operationName: string): Compiled | null {
    let named = queries.get(document);
    if (!named) {
      named = new Map<string, Compiled | null>();
      queries.set(document, named);
      order.push(new WeakRef(document));
      if (order.length > maxCompiled) {
        const oldest = order.shift()!.deref();
        if (oldest) queries.delete(oldest);
      }
    }
    if (!named.has(operationName)) {
      const { document: compilable, readVariables } = withReadyVariables(schema, document, operationName);
      const query = compileQuery(schema, compilable, operationName);
      named.set(operationName, isCompiledQuery(query) ? { query, readVariables } : null);
    }
    return named.get(operationName)!;
  }

  return async (operation) => {
    // The compiler takes the empty name for none; graphql-js looks for an operation of that name.
    if (operation.operationName === '') return interpret(operation);
    // In the objects it makes, this alias would be the prototype.
    if (operation.document.loc?.source.body.includes('__proto__')) return interpret(operation);
    const compiled = compile(operation.document, operation.operationName ?? '');
    const variables = compiled?.readVariables(operation.variables ?? {});
    if (!compiled || !variables) return interpret(operation);
    const result = await compiled.query.query(operation.root, operation.context, variables);
    if (!result.errors) return result;
    return 'data' in result ? { ...result, errors: result.errors.map(withExtensions) } : interpret(operation);
  };
}

/** An error of a compiled document as graphql-js makes them; it lacks the extensions that every reader of errors relies on. */
function withExtensions({ message, locations, path, originalError }: GraphQLError): GraphQLError {
  return Object.assign(new GraphQLError(message, { path, originalError }), locations && { locations });
}
