import { readSchema, type ArrowSchema } from './arrow-schema.js';
import { readFlatBuffer, type FlatTable } from './flatbuffer.js';
import type { OpenHomeFile } from './home-file.js';
import { HomeFileFailure } from './home-file-failure.js';

/** A range of bytes of a batch's body, counted from the beginning of the file. */
export interface ArrowBuffer {
  readonly offset: number;
  readonly length: number;
}

/** Where the values of some rows lie. Columns take nodes and buffers in order, depth first. */
export interface ArrowBatch {
  readonly rows: number;
  /** Compressed values are not read; how many rows there are is known all the same. */
  readonly isCompressed: boolean;
  readonly nodes: readonly { readonly length: number; readonly nulls: number }[];
  readonly buffers: readonly ArrowBuffer[];
}

export interface ArrowDictionaryBatch {
  readonly id: bigint;
  /** Adds to the dictionary instead of being it. */
  readonly isDelta: boolean;
  readonly batch: ArrowBatch;
}

/** What an Arrow IPC file says about itself; of its rows nothing is read yet. */
export interface ArrowFile {
  readonly schema: ArrowSchema;
  readonly batchCount: number;
  batch(index: number): Promise<ArrowBatch>;
  dictionaries(): Promise<readonly ArrowDictionaryBatch[]>;
}

const magic = 'ARROW1';
const maxFooterBytes = 16 * 1024 * 1024;
const maxMessageBytes = 4 * 1024 * 1024;
const maxBatches = 50_000;
const blockBytes = 24;

/**
 * Reads the footer of an Arrow IPC file, which says where each batch of rows lies.
 * @throws HomeFileFailure DAMAGED, TOO_LARGE, UNSUPPORTED
 */
export async function readArrowFile(file: OpenHomeFile): Promise<ArrowFile> {
  const tail = file.size < magic.length + 4 ? null : await file.read(file.size - magic.length - 4, magic.length + 4);
  if (tail === null || Buffer.from(tail.subarray(4)).toString('latin1') !== magic)
    throw new HomeFileFailure('DAMAGED', 'The file is no Arrow file, or its end is missing.');
  const length = new DataView(tail.buffer).getInt32(0, true);
  if (length > maxFooterBytes) throw new HomeFileFailure('TOO_LARGE', `The footer of the Arrow file has ${length} bytes.`);
  const footer = readFlatBuffer(await file.read(file.size - magic.length - 4 - length, length));
  const schema = footer.table(1);
  if (schema === null) throw new HomeFileFailure('DAMAGED', 'The Arrow file has no schema.');
  const [dictionaries, batches] = [footer.structs(2, blockBytes), footer.structs(3, blockBytes)];
  if (dictionaries.length + batches.length > maxBatches)
    throw new HomeFileFailure('TOO_LARGE', `The Arrow file has more than ${maxBatches} batches.`);
  return {
    schema: readSchema(schema),
    batchCount: batches.length,
    batch: async (index) => {
      const { header, body } = await readMessage(file, batches[index]!, messageKinds.recordBatch);
      return readBatch(header, body);
    },
    async dictionaries() {
      const read: ArrowDictionaryBatch[] = [];
      for (const block of dictionaries) {
        const { header, body } = await readMessage(file, block, messageKinds.dictionaryBatch);
        const data = header.table(1);
        if (data === null) throw new HomeFileFailure('DAMAGED', 'The Arrow file has an empty dictionary message.');
        read.push({ id: header.int64(0), isDelta: header.uint8(2) !== 0, batch: readBatch(data, body) });
      }
      return read;
    },
  };
}

// `format/Message.fbs`
const messageKinds = { dictionaryBatch: 2, recordBatch: 3 } as const;

async function readMessage(file: OpenHomeFile, block: DataView, kind: number): Promise<{ header: FlatTable; body: ArrowBuffer }> {
  const [offset, size, length] = [toNumber(block.getBigInt64(0, true)), block.getInt32(8, true), toNumber(block.getBigInt64(16, true))];
  if (size > maxMessageBytes) throw new HomeFileFailure('TOO_LARGE', `A batch of the Arrow file describes itself with ${size} bytes.`);
  if (size < 8) throw new HomeFileFailure('DAMAGED', 'A batch of the Arrow file does not describe itself.');
  const bytes = await file.read(offset, size);
  // Files from before Arrow 0.15 have no mark before the length.
  const isMarked = new DataView(bytes.buffer).getUint32(0, true) === 0xffffffff;
  const message = readFlatBuffer(bytes.subarray(isMarked ? 8 : 4));
  const header = message.uint8(1) === kind ? message.table(2) : null;
  if (header === null || offset + size + length > file.size)
    throw new HomeFileFailure('DAMAGED', 'A batch of the Arrow file is not where its footer says.');
  return { header, body: { offset: offset + size, length } };
}

function readBatch(batch: FlatTable, body: ArrowBuffer): ArrowBatch {
  return {
    rows: toNumber(batch.int64(0)),
    isCompressed: batch.table(3) !== null,
    nodes: batch
      .structs(1, 16)
      .map((node) => ({ length: toNumber(node.getBigInt64(0, true)), nulls: toNumber(node.getBigInt64(8, true)) })),
    buffers: batch.structs(2, 16).map((buffer) => {
      const [offset, length] = [toNumber(buffer.getBigInt64(0, true)), toNumber(buffer.getBigInt64(8, true))];
      if (offset + length > body.length) throw new HomeFileFailure('DAMAGED', 'The Arrow file has values beyond the end of their batch.');
      return { offset: body.offset + offset, length };
    }),
  };
}

function toNumber(value: bigint): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new HomeFileFailure('DAMAGED', 'The Arrow file has a size that cannot be.');
  return Number(value);
}
