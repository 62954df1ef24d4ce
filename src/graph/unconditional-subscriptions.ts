import { GraphQLError, type ASTVisitor, type SelectionSetNode, type ValidationContext, type ValidationRule } from 'graphql';

/**
 * Refuses subscriptions whose field is skipped or included by a directive, as the GraphQL specification does since September 2025.
 * Without a field graphql-js fails by a defect, and the WebSocket library closes the whole connection for it.
 */
export const unconditionalSubscriptions: ValidationRule = (context: ValidationContext): ASTVisitor => ({
  OperationDefinition(operation) {
    if (operation.operation !== 'subscription' || !isConditional(operation.selectionSet, context, new Set())) return;
    const message = 'The field of a subscription must not have @skip or @include; leave the subscription out instead.';
    context.reportError(new GraphQLError(message, { nodes: operation }));
  },
});

/** @param seen fragments, which may be spread twice and, in documents another rule refuses, in themselves */
function isConditional({ selections }: SelectionSetNode, context: ValidationContext, seen: Set<string>): boolean {
  return selections.some((node) => {
    if (node.directives?.some(({ name }) => name.value === 'skip' || name.value === 'include')) return true;
    if (node.kind === 'Field') return false;
    if (node.kind === 'InlineFragment') return isConditional(node.selectionSet, context, seen);
    const fragment = seen.has(node.name.value) ? null : context.getFragment(node.name.value);
    seen.add(node.name.value);
    return fragment ? isConditional(fragment.selectionSet, context, seen) : false;
  });
}
