import { GraphQLError, type ASTVisitor, type FragmentDefinitionNode, type SelectionSetNode, type ValidationContext, type ValidationRule } from 'graphql';

/** Tokens of one document; a page with every field has about 300. */
export const maxTokens = 5_000;
/** Levels of one document; the deepest useful question has about 10. */
export const maxDepth = 20;
/** Root fields of one operation, aliases counted each: every one may read a whole page. */
const maxRootFields = 50;

/** Refuses documents that nest or repeat too much. Introspection counts like everything else. */
export const documentLimits: ValidationRule = (context: ValidationContext): ASTVisitor => ({
  OperationDefinition(operation) {
    const roots = operation.selectionSet.selections.length;
    if (roots > maxRootFields) context.reportError(tooComplex(`The operation has ${roots} root fields; at most ${maxRootFields} are answered at once.`));
    const depth = depthOf(operation.selectionSet, (name) => context.getFragment(name), new Set());
    if (depth > maxDepth) context.reportError(tooComplex(`The document is ${depth} levels deep; at most ${maxDepth} are answered.`));
  },
});

function depthOf(selections: SelectionSetNode, fragment: (name: string) => FragmentDefinitionNode | null | undefined, open: Set<string>): number {
  let deepest = 0;
  for (const node of selections.selections) {
    if (node.kind === 'Field') deepest = Math.max(deepest, 1 + (node.selectionSet ? depthOf(node.selectionSet, fragment, open) : 0));
    else if (node.kind === 'InlineFragment') deepest = Math.max(deepest, depthOf(node.selectionSet, fragment, open));
    else if (!open.has(node.name.value)) {
      const definition = fragment(node.name.value);
      // Fragments that contain themselves are refused by another rule; here they must only not loop.
      if (definition) deepest = Math.max(deepest, depthOf(definition.selectionSet, fragment, new Set([...open, node.name.value])));
    }
    if (deepest > 2 * maxDepth) return deepest;
  }
  return deepest;
}

const tooComplex = (message: string): GraphQLError => new GraphQLError(message, { extensions: { code: 'QUERY_TOO_COMPLEX' } });
