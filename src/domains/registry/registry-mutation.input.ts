import { Field, ID, InputType, Int } from 'type-graphql';
import { idempotencyKey } from '../../schema-kit/idempotency-key.js';
import { KeyValueInput } from '../../schema-kit/key-value.input.js';
import type * as store from '../../stores/registry-store.js';
import { ModelStage } from './registry.input.js';

const sourceOfName = 'Name of the source that `name` is of; default `local`. It must be writable.';
const newModelName = 'Name, 1 to 256 characters without `/` and `:`, unique in its source.';
const description = 'Free text, up to 5,000 characters.';
const newDescription = 'Free text, up to 5,000 characters; null or absent takes the description away.';
const newTags = 'Tags; values up to 5,000 characters.';
const keysToDelete = 'Keys of the tags; when one of them is missing nothing is deleted.';

@InputType({ description: 'A new registered model.' })
export class CreateRegisteredModelInput {
  @Field(() => String, { description: newModelName }) readonly name!: string;
  @Field(() => String, { nullable: true, description }) readonly description?: string | null;
  @Field(() => [KeyValueInput], { nullable: true, description: newTags }) readonly tags?: KeyValueInput[] | null;
  @Field(() => String, { nullable: true, defaultValue: 'local', description: 'Name of the source to create it in; it must be writable.' })
  readonly source?: string | null;
  @Field(() => String, { nullable: true, description: idempotencyKey }) readonly idempotencyKey?: string | null;
}

@InputType({ description: 'A registered model, by id, or by name and source.' })
export class RegisteredModelInput {
  @Field(() => ID, { nullable: true, description: 'The model; or give `name`.' }) readonly model?: string | null;
  @Field(() => String, { nullable: true, description: 'Name of the model; or give `model`.' }) readonly name?: string | null;
  @Field(() => String, { nullable: true, description: sourceOfName }) readonly source?: string | null;
}

@InputType({ description: 'Another name for a registered model.' })
export class RenameRegisteredModelInput extends RegisteredModelInput {
  @Field(() => String, { description: newModelName }) readonly newName!: string;
}

@InputType({ description: 'Another description of a registered model.' })
export class UpdateRegisteredModelInput extends RegisteredModelInput {
  @Field(() => String, { nullable: true, description: newDescription }) readonly description?: string | null;
}

@InputType({ description: 'Tags of a registered model to set; a tag that is there gets the new value.' })
export class SetRegisteredModelTagsInput extends RegisteredModelInput {
  @Field(() => [KeyValueInput], { description: newTags }) readonly tags!: KeyValueInput[];
}

@InputType({ description: 'Tags of a registered model to delete.' })
export class DeleteRegisteredModelTagsInput extends RegisteredModelInput {
  @Field(() => [String], { description: keysToDelete }) readonly keys!: string[];
}

@InputType({ description: 'An alias, and the version it is to point to.' })
export class SetModelAliasInput extends RegisteredModelInput {
  @Field(() => String, {
    description:
      'The alias: 1 to 255 letters, digits, underscores and dashes; case-sensitive. `latest`, and `v` with a number, mean something already.',
  })
  readonly alias!: string;
  @Field(() => Int, { description: 'Number of the version, which must exist.' }) readonly version!: number;
}

@InputType({ description: 'An alias of a registered model.' })
export class DeleteModelAliasInput extends RegisteredModelInput {
  @Field(() => String, { description: 'The alias.' }) readonly alias!: string;
}

@InputType({ description: 'A new version of a registered model. Its number follows the highest that the model ever had.' })
export class CreateModelVersionInput extends RegisteredModelInput {
  @Field(() => String, {
    description:
      'Where its files are, 1 to 500 characters. A `models:/` URI means the files of that version, and its run unless `run` is given; it is kept with the number that an alias or stage in it means now. A `runs:/` URI lies below the artifacts of that run.',
  })
  readonly sourceUri!: string;
  @Field(() => ID, { nullable: true, description: 'The run it comes from, of the same source.' }) readonly run?: string | null;
  @Field(() => String, { nullable: true, description: 'Link to the run, up to 500 characters.' }) readonly runLink?: string | null;
  @Field(() => String, { nullable: true, description }) readonly description?: string | null;
  @Field(() => String, { nullable: true, description: 'Name of the user who registers it, up to 256 characters.' })
  readonly user?: string | null;
  @Field(() => [KeyValueInput], { nullable: true, description: newTags }) readonly tags?: KeyValueInput[] | null;
  @Field(() => String, { nullable: true, description: idempotencyKey }) readonly idempotencyKey?: string | null;
}

@InputType({ description: 'A model version, by id, or by name of the model, number and source.' })
export class ModelVersionInput {
  @Field(() => ID, { nullable: true, description: 'The version; or give `name` and `version`.' }) readonly modelVersion?: string | null;
  @Field(() => String, { nullable: true, description: 'Name of the model; or give `modelVersion`.' }) readonly name?: string | null;
  @Field(() => Int, { nullable: true, description: 'Number of the version, together with `name`.' }) readonly version?: number | null;
  @Field(() => String, { nullable: true, description: sourceOfName }) readonly source?: string | null;
}

@InputType({ description: 'Another description of a model version.' })
export class UpdateModelVersionInput extends ModelVersionInput {
  @Field(() => String, { nullable: true, description: newDescription }) readonly description?: string | null;
}

@InputType({ description: 'The stage a model version goes to; any may follow any.' })
export class TransitionModelVersionStageInput extends ModelVersionInput {
  @Field(() => ModelStage, { description: 'The stage.' }) readonly stage!: store.ModelStage;
  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Whether the other versions in that stage become ARCHIVED; only on the way to STAGING or PRODUCTION.',
  })
  readonly archiveExistingVersions?: boolean | null;
}

@InputType({ description: 'Tags of a model version to set; a tag that is there gets the new value.' })
export class SetModelVersionTagsInput extends ModelVersionInput {
  @Field(() => [KeyValueInput], { description: newTags }) readonly tags!: KeyValueInput[];
}

@InputType({ description: 'Tags of a model version to delete.' })
export class DeleteModelVersionTagsInput extends ModelVersionInput {
  @Field(() => [String], { description: keysToDelete }) readonly keys!: string[];
}
