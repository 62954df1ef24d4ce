import { getOperationAST, GraphQLError, parse, specifiedRules, validate, type DocumentNode, type GraphQLSchema } from 'graphql';
import { documentLimits, maxTokens } from './limits.js';
import { unconditionalSubscriptions } from './unconditional-subscriptions.js';

/** A document that may be executed, or why it may not. */
export type CheckedDocument =
  | { readonly document: DocumentNode; readonly errors?: undefined }
  | { readonly document?: undefined; readonly errors: readonly GraphQLError[] };

/** @param operationName of the operation that is asked for; it must be in the document */
export type CheckDocument = (text: string, operationName: string | null | undefined) => CheckedDocument;

/** Characters of all documents that are kept; parsed, a character takes some 100 bytes. Longer ones are checked every time. */
const maxKeptLength = 500_000;
const maxLengthOfOne = 20_000;

/** Parses and validates documents once: a thousand subscribers of one page send the same. */
export function createDocumentCache(schema: GraphQLSchema): CheckDocument {
  const checked = new Map<string, CheckedDocument>();
  let keptLength = 0;

  function checkOnce(text: string): CheckedDocument {
    const known = checked.get(text);
    if (known) return known;
    const result = check(schema, text);
    if (result.errors || text.length > maxLengthOfOne) return result;
    checked.set(text, result);
    keptLength += text.length;
    while (keptLength > maxKeptLength) {
      const oldest = checked.keys().next().value!;
      checked.delete(oldest);
      keptLength -= oldest.length;
    }
    return result;
  }

  return (text, operationName) => {
    const result = checkOnce(text);
    if (result.errors || getOperationAST(result.document, operationName)) return result;
    return { errors: [unknownOperation(operationName)] };
  };
}

function check(schema: GraphQLSchema, text: string): CheckedDocument {
  try {
    const document = parse(text, { maxTokens });
    const errors = validate(schema, document, [...specifiedRules, documentLimits, unconditionalSubscriptions]);
    if (errors.length === 0) return { document };
    return { errors: errors.map((error) => coded(error, 'GRAPHQL_VALIDATION_FAILED')) };
  } catch (error) {
    return { errors: [coded(error as GraphQLError, 'GRAPHQL_PARSE_FAILED')] };
  }
}

const unknownOperation = (name: string | null | undefined): GraphQLError => {
  const message =
    typeof name === 'string'
      ? `Unknown operation named ${JSON.stringify(name)}.`
      : 'Must provide operation name if query contains multiple operations.';
  return new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } });
};

const coded = (error: GraphQLError, code: string): GraphQLError =>
  new GraphQLError(error.message, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    extensions: { code, ...error.extensions },
  });
