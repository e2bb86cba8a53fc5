import { gzipSync } from 'node:zlib';
import type { JsonObject } from '../../src/realm/json.ts';

export interface ReleaseParts {
  readonly name: string;
  readonly revision: number;
  readonly status?: string;
  /** As Helm writes it, nine digits and an offset. */
  readonly deployed?: string;
  readonly manifest?: string;
  readonly config?: JsonObject;
  readonly hooks?: readonly JsonObject[];
}

/** The record of a release as Helm 3 writes it (pkg/storage/driver/secrets.go and cfgmaps.go), without its metadata but for the labels. */
export function release({ name, revision, status = 'deployed', deployed = '2026-06-01T00:00:00Z', manifest = '', config, hooks = [] }: ReleaseParts, kind: 'Secret' | 'ConfigMap' = 'Secret'): JsonObject {
  const body = { name, info: { first_deployed: deployed, last_deployed: deployed, deleted: '', description: 'Upgrade complete', status }, chart: { metadata: { name: 'keycloak', version: '1.0.0' } }, ...(config === undefined ? {} : { config }), manifest, hooks, version: revision, namespace: 'iam' };
  const coded = gzipSync(JSON.stringify(body)).toString('base64');
  return {
    ...(kind === 'Secret' ? { type: 'helm.sh/release.v1', data: { release: Buffer.from(coded).toString('base64') } } : { data: { release: coded } }),
    metadata: { labels: { modifiedAt: '1717286400', name, owner: 'helm', status, version: String(revision) } },
  };
}
