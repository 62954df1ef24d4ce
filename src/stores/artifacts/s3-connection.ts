import type { S3Client } from '@aws-sdk/client-s3';
import { refuse, RuleError } from '../../core/errors.js';
import { StoreFailure } from '../store-failure.js';

export interface S3Options {
  /** Address of a service other than Amazon's; buckets are then part of the path. */
  readonly endpoint: string | null;
  readonly region: string;
}

/** The one client of all S3 stores, made when it is needed first: importing it costs more than starting the rest of the server. */
export interface S3Connection {
  /** Sends with the client. @throws StoreFailure when the service does not answer as it has to */
  use<T>(bucket: string, work: (client: S3Client) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Credentials come from where Amazon's own tools take them: `AWS_*` variables, `~/.aws`, the machine's role. */
export function createS3Connection({ endpoint, region }: S3Options): S3Connection {
  let made: Promise<S3Client> | undefined;
  const make = async () => {
    const { S3Client } = await import('@aws-sdk/client-s3');
    return new S3Client({
      region,
      // Checksums that Amazon added later are refused, or left in the file, by other services.
      ...(endpoint && {
        endpoint,
        forcePathStyle: true,
        requestChecksumCalculation: 'WHEN_REQUIRED' as const,
        responseChecksumValidation: 'WHEN_REQUIRED' as const,
      }),
      // It would write to the console.
      logger: silent,
      requestHandler: { connectionTimeout: 5_000, socketTimeout: 60_000 },
    });
  };
  return {
    async use(bucket, work) {
      try {
        return await work(await (made ??= make()));
      } catch (error) {
        throw s3Failure(error, bucket);
      }
    },
    async close() {
      (await made)?.destroy();
    },
  };
}

const nothing = () => {};
const silent = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Whether the service said that there is no such object. */
export const isMissing = (error: unknown): boolean => ['NotFound', 'NoSuchKey'].includes((error as Error).name);

function s3Failure(error: unknown, bucket: string): unknown {
  if (error instanceof RuleError || error instanceof StoreFailure || isMissing(error) || !(error instanceof Error)) return error;
  const { name, message } = error;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  if (name === 'NoSuchBucket') return new StoreFailure('MISSING', `There is no bucket ${bucket}.`);
  if (name === 'KeyTooLongError') return refuse('INVALID', 'The path is longer than S3 takes (1,024 bytes with its prefix).', ['path']);
  if (status === 429 || status === 503) return new StoreFailure('BUSY', `s3://${bucket}: ${name}; try again.`);
  if (status !== undefined) return new StoreFailure('UNREADABLE', `s3://${bucket} refused: ${name} (${status}).`);
  const { code } = error as NodeJS.ErrnoException;
  const isOfTheWay = code !== undefined || /Timeout|Credentials|Token|Network/.test(name);
  return isOfTheWay ? new StoreFailure('UNREADABLE', `s3://${bucket} cannot be reached: ${message || (code ?? name)}`) : error;
}
