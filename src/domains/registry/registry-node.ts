import { encodeId } from '../../core/ids.js';
import type { ModelVersionRecord, RegisteredModelRecord } from '../../stores/registry-store.js';

export interface ModelNode extends RegisteredModelRecord {
  readonly id: string;
}

export interface VersionNode extends ModelVersionRecord {
  readonly id: string;
}

export const toModelNode = (record: RegisteredModelRecord): ModelNode => ({
  ...record,
  id: encodeId('RegisteredModel', record.source, record.nativeId),
});

export const toVersionNode = (record: ModelVersionRecord): VersionNode => ({
  ...record,
  id: encodeId('ModelVersion', record.source, record.nativeId),
});
