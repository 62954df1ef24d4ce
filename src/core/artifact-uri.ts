/** What a text that says where artifacts are means. */
export type ArtifactUri =
  /** A folder; relative to the folder its writer ran in where it does not begin with a slash. */
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string }
  /** Below the folder that an MLflow server keeps artifacts in (`mlflow-artifacts:`), wherever that is. */
  | { readonly kind: 'proxied'; readonly path: string }
  | { readonly kind: 'unsupported'; readonly scheme: string };

/** A place that artifacts are kept below. */
export type ArtifactRoot = Extract<ArtifactUri, { kind: 'folder' | 's3' }>;

/**
 * Reads an artifact location as MLflow writes them: a path, `file:`, `s3://bucket/prefix`, `mlflow-artifacts:/path`.
 * Only `file:` URIs are percent-encoded, as with MLflow.
 */
export function parseArtifactUri(text: string): ArtifactUri {
  const [, scheme = '', rest = ''] = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(text) ?? [];
  switch (scheme.toLowerCase()) {
    case '':
      return { kind: 'folder', path: text };
    case 'file':
      return fileUri(rest);
    case 's3': {
      const [, bucket, prefix = ''] = /^\/\/([^/]+)(?:\/(.*))?$/s.exec(rest) ?? [];
      return bucket ? { kind: 's3', bucket, prefix: withoutSlashes(prefix) } : { kind: 'unsupported', scheme: 's3 without a bucket' };
    }
    case 'mlflow-artifacts':
      // mlflow-artifacts://host:port/path names the server; the path means the same.
      return { kind: 'proxied', path: withoutSlashes(rest.replace(/^\/\/[^/]*/, '')) };
    default:
      return { kind: 'unsupported', scheme: scheme.toLowerCase() };
  }
}

function fileUri(rest: string): ArtifactUri {
  const [, host = '', path = ''] = /^(?:\/\/([^/]*))?(.*)$/s.exec(rest) ?? [];
  if (host !== '' && host !== 'localhost') return { kind: 'unsupported', scheme: `file://${host}` };
  try {
    return { kind: 'folder', path: decodeURIComponent(path) };
  } catch {
    return { kind: 'folder', path };
  }
}

const withoutSlashes = (path: string): string => path.replace(/^\/+|\/+$/g, '');

/** The root as people write it. */
export const printArtifactRoot = (root: ArtifactRoot): string =>
  root.kind === 'folder' ? root.path : `s3://${[root.bucket, root.prefix].filter(Boolean).join('/')}`;
