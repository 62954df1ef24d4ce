import { describe, expect, it } from 'vitest';

import { artifactAddress, artifactNames, decodeArtifactPath } from '../../src/core/artifact-path.js';
import { parseArtifactUri } from '../../src/core/artifact-uri.js';

describe('an artifact location', () => {
  it.each([
    ['/data/mlruns/0', { kind: 'folder', path: '/data/mlruns/0' }],
    ['/data/a%20b', { kind: 'folder', path: '/data/a%20b' }],
    ['./mlruns', { kind: 'folder', path: './mlruns' }],
    ['file:///data/a%20b', { kind: 'folder', path: '/data/a b' }],
    ['file:/data', { kind: 'folder', path: '/data' }],
    ['file://localhost/data', { kind: 'folder', path: '/data' }],
    ['file:///data/100%', { kind: 'folder', path: '/data/100%' }],
    ['file://host/data', { kind: 'unsupported', scheme: 'file://host' }],
    ['s3://bucket', { kind: 's3', bucket: 'bucket', prefix: '' }],
    ['s3://bucket/a/b/', { kind: 's3', bucket: 'bucket', prefix: 'a/b' }],
    ['S3://bucket/A', { kind: 's3', bucket: 'bucket', prefix: 'A' }],
    ['s3:///a', { kind: 'unsupported', scheme: 's3 without a bucket' }],
    ['mlflow-artifacts:/1/r/artifacts', { kind: 'proxied', path: '1/r/artifacts' }],
    ['mlflow-artifacts:///1', { kind: 'proxied', path: '1' }],
    ['mlflow-artifacts://host:5000/1', { kind: 'proxied', path: '1' }],
    ['dbfs:/x', { kind: 'unsupported', scheme: 'dbfs' }],
    ['gs://bucket/x', { kind: 'unsupported', scheme: 'gs' }],
    ['C:\\mlruns', { kind: 'unsupported', scheme: 'c' }],
  ])('%s means one thing', (text, meaning) => expect(parseArtifactUri(text)).toEqual(meaning));
});

describe('the path of an artifact', () => {
  it('is its names, one slash at the end left out', () => {
    expect(artifactNames('')).toEqual([]);
    expect(artifactNames('a/b c/%2e')).toEqual(['a', 'b c', '%2e']);
    expect(artifactNames('a/')).toEqual(['a']);
  });

  it.each(['/', '/a', 'a//b', 'a//', '.', '..', 'a/..', './a', 'a\\b', '\\', 'a\0', '\ud800', 'x'.repeat(5_000)])('is never %j', (path) =>
    expect(() => artifactNames(path)).toThrow(expect.objectContaining({ code: 'INVALID', field: ['path'] }) as Error),
  );

  it('is decoded once, name by name', () => {
    expect(decodeArtifactPath('a%20b/%25/%252e%252e/%C3%BC')).toEqual(['a b', '%', '%2e%2e', 'ü']);
    for (const path of ['a%2Fb', '%2e%2e', '..%2f..', '%', '%zz', '%ff', '%00', 'a%5Cb', '%2F', 'a/%2e/b'])
      expect(() => decodeArtifactPath(path), path).toThrow(expect.objectContaining({ code: 'INVALID' }) as Error);
  });

  it('comes back from its address', () => {
    const names = ['ä b', '#?&%/'.replace('/', ''), '%2e%2e', "'()*!~", '🏁'];
    const address = artifactAddress('my.source', 'abc', names);
    expect(address.startsWith('/artifacts/my.source/abc/')).toBe(true);
    expect(new URL(address, 'http://localhost').pathname).toBe(address);
    expect(decodeArtifactPath(address.slice('/artifacts/'.length))).toEqual(['my.source', 'abc', ...names]);
  });
});
