import {
  getNamedType,
  getOperationAST,
  getVariableValues,
  isInputObjectType,
  isScalarType,
  isSpecifiedScalarType,
  Kind,
  typeFromAST,
  type DocumentNode,
  type GraphQLSchema,
  type VariableDefinitionNode,
} from 'graphql';

type Variables = Readonly<Record<string, unknown>>;

/** A document that can be compiled, and what its variables become first. */
export interface CompilableDocument {
  readonly document: DocumentNode;
  /** @returns null when a value is refused */
  readVariables(variables: Variables): Variables | null;
}

/** The scalar of federation that takes any value as it is. */
const anything = '_Any';

/**
 * The compiler writes out how variables are read, type within type, and for a type that contains itself (a filter with `and`)
 * it writes until the stack ends: seconds for every document, and then nothing is compiled. Such variables are read by
 * graphql-js instead, and the compiler is told that they are ready. Lists of points, where its speed counts, stay with it.
 */
export function withReadyVariables(schema: GraphQLSchema, document: DocumentNode, operationName: string): CompilableDocument {
  const operation = getOperationAST(document, operationName || null);
  const definitions = operation?.variableDefinitions ?? [];
  const misread = definitions.filter(({ type, defaultValue }) => {
    const named = getNamedType(typeFromAST(schema, type as never));
    // Defaults are written out as JSON, which has no NaN, Infinity, -0 and 64-bit integers.
    return containsItself(named, new Set()) || (defaultValue && isScalarType(named) && !isSpecifiedScalarType(named));
  });
  if (!operation || misread.length === 0) return { document, readVariables: (variables) => variables };
  const variableDefinitions = definitions.map((definition) => (misread.includes(definition) ? asReady(definition) : definition));
  return {
    document: {
      ...document,
      definitions: document.definitions.map((node) => (node === operation ? { ...operation, variableDefinitions } : node)),
    },
    readVariables(variables) {
      const { coerced } = getVariableValues(schema, misread, variables);
      return coerced ? { ...variables, ...coerced } : null;
    },
  };
}

const asReady = (definition: VariableDefinitionNode): VariableDefinitionNode => ({
  ...definition,
  type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: anything } },
  defaultValue: undefined,
});

function containsItself(type: unknown, within: ReadonlySet<unknown>): boolean {
  if (!isInputObjectType(type)) return false;
  if (within.has(type)) return true;
  return Object.values(type.getFields()).some((field) => containsItself(getNamedType(field.type), new Set([...within, type])));
}
