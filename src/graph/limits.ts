import {
  GraphQLError,
  type ASTVisitor,
  type FragmentDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/** Tokens of one document; a page with every field has about 300. */
export const maxTokens = 5_000;
/** Levels of one document; the deepest useful question has about 10. */
export const maxDepth = 20;
/** Root fields of one operation, aliases counted each: every one may read a whole page. */
const maxRootFields = 50;

/** Refuses documents that nest or repeat too much. Introspection counts like everything else. */
export const documentLimits: ValidationRule = (context: ValidationContext): ASTVisitor => {
  const fragment = (name: string) => context.getFragment(name);
  const depths = new Map<string, number>();
  return {
    OperationDefinition(operation) {
      const roots = countFields(operation.selectionSet, fragment, new Set());
      if (roots > maxRootFields)
        context.reportError(tooComplex(`The operation has ${roots} root fields; at most ${maxRootFields} are answered at once.`));
      const depth = depthOf(operation.selectionSet, fragment, depths);
      if (depth > maxDepth) context.reportError(tooComplex(`The document is ${depth} levels deep; at most ${maxDepth} are answered.`));
    },
  };
};

type FragmentOf = (name: string) => FragmentDefinitionNode | null | undefined;

/** Fields of one level, those of fragments included; a fragment that is spread twice is executed once. */
function countFields(selections: SelectionSetNode, fragment: FragmentOf, seen: Set<string>): number {
  let count = 0;
  for (const node of selections.selections) {
    if (node.kind === 'Field') count++;
    else if (node.kind === 'InlineFragment') count += countFields(node.selectionSet, fragment, seen);
    else if (!seen.has(node.name.value)) {
      seen.add(node.name.value);
      const definition = fragment(node.name.value);
      if (definition) count += countFields(definition.selectionSet, fragment, seen);
    }
  }
  return count;
}

/** @param depths of the fragments seen so far: without it, fragments that spread the next one twice would double the work each */
function depthOf(selections: SelectionSetNode, fragment: FragmentOf, depths: Map<string, number>): number {
  let deepest = 0;
  for (const node of selections.selections) {
    if (node.kind === 'Field') deepest = Math.max(deepest, 1 + (node.selectionSet ? depthOf(node.selectionSet, fragment, depths) : 0));
    else if (node.kind === 'InlineFragment') deepest = Math.max(deepest, depthOf(node.selectionSet, fragment, depths));
    else deepest = Math.max(deepest, depthOfFragment(node.name.value, fragment, depths));
  }
  return deepest;
}

function depthOfFragment(name: string, fragment: FragmentOf, depths: Map<string, number>): number {
  const known = depths.get(name);
  if (known !== undefined) return known;
  // Fragments that contain themselves are refused by another rule; here they must only not loop.
  depths.set(name, 0);
  const definition = fragment(name);
  const depth = definition ? depthOf(definition.selectionSet, fragment, depths) : 0;
  depths.set(name, depth);
  return depth;
}

const tooComplex = (message: string): GraphQLError => new GraphQLError(message, { extensions: { code: 'QUERY_TOO_COMPLEX' } });
