import { Ctx, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { maxPageSize } from '../../schema-kit/page-cursors.js';
import { limits } from '../../stores/mlflow/rules.js';
import { maxExactPoints } from '../../stores/mlflow/metrics/series.sql.js';
import type { Context } from './context.js';

@ObjectType({ simpleResolvers: true, description: 'What one request may ask for.' })
class ServerLimits {
  @Field(() => Int, { description: 'Rows of one page.' }) readonly pageSize!: number;
  @Field(() => Int, { description: 'Bytes of one request body.' }) readonly bodyBytes!: number;
  @Field(() => Int, { description: 'Tokens of one document.' }) readonly documentTokens!: number;
  @Field(() => Int, { description: 'Levels of one document.' }) readonly documentDepth!: number;
  @Field(() => Int, { description: 'Points of one logMetrics.' }) readonly pointsPerLog!: number;
  @Field(() => Int, { description: 'Points of one series without sampling.' }) readonly pointsPerSeries!: number;
}

@ObjectType({ simpleResolvers: true, description: 'What this server is.' })
class ServerInfo {
  @Field(() => String, { description: 'Version of RunGraph.' }) readonly version!: string;
  @Field(() => [String], { description: 'Domains this server answers.' }) readonly subgraphs!: readonly string[];
  @Field(() => ServerLimits, { description: 'What one request may ask for.' }) readonly limits!: ServerLimits;
}

@Resolver()
export class ServerResolver {
  @Query(() => ServerInfo, { description: 'What this server is and allows.' })
  server(@Ctx() { server }: Context): ServerInfo {
    const { version, subgraphs, maxBodyBytes, maxTokens, maxDepth } = server;
    const serverLimits = {
      pageSize: maxPageSize,
      bodyBytes: maxBodyBytes,
      documentTokens: maxTokens,
      documentDepth: maxDepth,
      pointsPerLog: limits.points,
      pointsPerSeries: maxExactPoints,
    };
    return { version, subgraphs, limits: serverLimits };
  }
}
