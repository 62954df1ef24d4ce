import { Directive, ObjectType } from 'type-graphql';
import { Node } from './node.type.js';

/**
 * The entities that several domains add fields to. They hold only their key; every domain, the owner included,
 * adds its fields with `@Resolver(() => Run)` classes, so a schema built from one domain's resolvers is that subgraph.
 */

@Directive('@key(fields: "id")')
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: "A place where experiments live. `local` is RunGraph's own store; the others are attached and never altered by reading.",
})
export class Source extends Node {}

@Directive('@key(fields: "id")')
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'A group of runs: an MLflow experiment, Trackio project, DashAI model session or DreamLake project.',
})
export class Experiment extends Node {}

@Directive('@key(fields: "id")')
@ObjectType({ implements: Node, simpleResolvers: true, description: 'One training run; one type for every store.' })
export class Run extends Node {}

@Directive('@key(fields: "id")')
@ObjectType({ implements: Node, simpleResolvers: true, description: 'One recorded request through an application (MLflow).' })
export class Trace extends Node {}

@Directive('@key(fields: "id")')
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'A DashAI model session: a dataset, a task and its columns, and the runs that were trained on them. It is an experiment, too.',
})
export class ModelSession extends Node {}

@Directive('@key(fields: "id")')
@ObjectType({ implements: Node, simpleResolvers: true, description: 'A model in a model registry.' })
export class RegisteredModel extends Node {}

@Directive('@key(fields: "id")')
@ObjectType({ implements: Node, simpleResolvers: true, description: 'One version of a registered model.' })
export class ModelVersion extends Node {}
