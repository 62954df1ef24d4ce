import { extname } from 'node:path/posix';

// Whatever a run keeps was made by somebody, and is answered from the origin of this server: a type in which a browser would
// run a script never leaves here. Text of every kind is shown as plain text, what is not listed is downloaded.
const shownTypes: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.bmp': 'image/bmp',
  '.mp4': 'video/mp4',
  '.webm': 'video/webm',
  '.mp3': 'audio/mpeg',
  '.wav': 'audio/wav',
  '.ogg': 'audio/ogg',
  '.json': 'application/json',
  '.csv': 'text/csv; charset=utf-8',
};
const plainText = 'text/plain; charset=utf-8';
const shownAsText =
  'txt log md markdown rst yaml yml toml ini cfg conf env tsv html htm xhtml svg xml xsl css js mjs cjs jsx ts tsx py r jl sh sql ipynb tex jsonl ndjson diff patch c h cpp rs go java mlmodel'.split(
    ' ',
  );
const texts = new Set(shownAsText.map((name) => `.${name}`));

/** Names that are text without an extension. */
const textNames = new Set(['MLmodel', 'Dockerfile', 'Makefile', 'README', 'LICENSE']);

/**
 * How a file of this name is answered.
 * @param download whether it is kept instead of shown
 */
export function artifactHeaders(name: string, download: boolean): Readonly<Record<string, string>> {
  const extension = extname(name).toLowerCase();
  const shown = shownTypes[extension] ?? (texts.has(extension) || textNames.has(name) ? plainText : null);
  return {
    'content-type': shown ?? 'application/octet-stream',
    'content-disposition': disposition(shown === null || download ? 'attachment' : 'inline', name),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'cache-control': 'private, no-cache',
    'accept-ranges': 'bytes',
  };
}

/** The name in both forms of RFC 6266: readable ones, and any. */
function disposition(kind: 'inline' | 'attachment', name: string): string {
  const readable = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const exact = encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${kind}; filename="${readable}"; filename*=UTF-8''${exact}`;
}
