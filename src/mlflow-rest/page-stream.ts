import type { Readable } from 'node:stream';
import type { Page, PageRequest } from '../stores/page.js';
import { streamList } from './json-stream.js';

/** How much of a page is dealt with at once. */
export interface PageSizes {
  /** Records that are read at once. */
  readonly perRead: number;
  /** Records whose parts are read at once. */
  readonly perPart: number;
  /** Answers that are written at once. */
  readonly perSlice: number;
}

/** A page of any size of one list. */
export interface StreamedPage<T> {
  /** The answer's member that has the list; absent when it is empty. */
  readonly name: string;
  readonly request: PageRequest;
  readonly sizes: PageSizes;
  read(request: PageRequest): Promise<Page<T>>;
  toAnswers(records: readonly T[]): Promise<object[]>;
  /** Token of the page after one. */
  nextToken(page: Page<unknown>): string | undefined;
}

/** Answers a page whose records are read while it is written: some have 200,000. */
export async function streamPages<T>(page: StreamedPage<T>): Promise<Readable> {
  const { name, request, sizes, read, nextToken } = page;
  // The first read happens here: what is wrong with the question is then still an answer of its own.
  const first = await read({ ...request, limit: Math.min(request.limit, sizes.perRead) });
  let last = first;
  const slices = slicesOf(page, first, (next) => (last = next));
  return streamList(name, slices, () => ({ next_page_token: nextToken(last) }));
}

/** @param onPage hears of every page that is read, the first left out */
async function* slicesOf<T>(
  { request, sizes, read, toAnswers }: StreamedPage<T>,
  first: Page<T>,
  onPage: (page: Page<T>) => void,
): AsyncGenerator<object[]> {
  const { perRead, perPart, perSlice } = sizes;
  let left = request.limit - first.rows.length;
  for (let page = first; ; left -= page.rows.length) {
    const records = page.rows.map(({ record }) => record);
    for (let at = 0; at < records.length; at += perPart) {
      const answers = await toAnswers(records.slice(at, at + perPart));
      for (let from = 0; from < answers.length; from += perSlice) yield answers.slice(from, from + perSlice);
    }
    if (!page.hasMore || left <= 0) return;
    page = await read({ ...request, after: page.rows.at(-1)!.position, limit: Math.min(left, perRead) });
    onPage(page);
  }
}
