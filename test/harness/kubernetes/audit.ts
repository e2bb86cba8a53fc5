import type { JsonObject } from '../../../src/realm/json.ts';

/** One request as the API server saw it. */
export interface AuditEvent {
  /** As in rules of RBAC: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`. */
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string; readonly groups?: readonly string[] };
  readonly userAgent?: string;
  readonly objectRef?: { readonly resource?: string; readonly namespace?: string; readonly name?: string; readonly apiGroup?: string; readonly subresource?: string };
  readonly responseStatus?: { readonly code: number; readonly reason?: string };
  /** The body of a write. */
  readonly requestObject?: JsonObject;
}

/** All requests of others once they are answered, with what they sent. */
export const AUDIT_POLICY: JsonObject = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted', 'Panic'],
  rules: [
    { level: 'None', users: ['system:apiserver'] },
    { level: 'None', nonResourceURLs: ['/readyz'] },
    { level: 'Request' },
  ],
};

/** Reads the log of the server, of which the last line may not be whole yet. */
export function parseAudit(log: string): readonly AuditEvent[] {
  const end = log.lastIndexOf('\n');
  return log.slice(0, Math.max(end, 0)).split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as AuditEvent);
}
