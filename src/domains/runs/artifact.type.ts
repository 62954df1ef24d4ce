import { Field, ObjectType } from 'type-graphql';
import { connectionType } from '../../schema-kit/connection.js';
import { DateTime, Long } from '../../schema-kit/scalars.js';

@ObjectType({ simpleResolvers: true, description: 'A file a run keeps, or a folder of such files.' })
export class Artifact {
  @Field(() => String, {
    description:
      'Names from the folder of the run down, with slashes between them: `checkpoints/best.pt`. As `path` of `artifacts` it lists a folder.',
  })
  readonly path!: string;
  @Field(() => Boolean, { description: 'Whether it is a folder.' }) readonly isDirectory!: boolean;
  @Field(() => Long, { nullable: true, description: 'Size of the file; null for a folder, and for a file that went away meanwhile.' })
  readonly bytes!: number | null;
  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was written last; null where the place does not know, as with folders in S3.',
  })
  readonly modifiedAt!: number | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Where the file is downloaded: a path below the origin of this server, `/artifacts/<source>/<native id of the run>/<path>`, every name percent-encoded. It answers GET and HEAD, ranges included; with `?download` as a file to keep. Null for a folder.',
  })
  readonly url!: string | null;
}

export const { type: ArtifactConnection, resolver: ArtifactConnectionResolver } = connectionType('Artifact', () => Artifact);
