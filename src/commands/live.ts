import type { ClusterEvidence } from '../evidence/cluster.ts';
import { createEvidenceReader } from '../evidence/reader.ts';
import { openKeycloak } from '../keycloak/keycloak.ts';
import type { Target } from '../keycloak/target.ts';
import type { EvidenceReader, Keycloak } from '../runner/ports.ts';
import type { Snapshot } from '../realm/snapshot.ts';
import { refuseGaps, refuseHalfSight } from '../runner/whole.ts';
import type { Terminal } from '../ui/terminal.ts';
import { stayFrugal } from './frugal.ts';
import type { Invocation } from './table.ts';
import { resolveTarget } from './target.ts';

/** Opens the target, hands it to the work, and closes it whatever happens. */
export async function withKeycloak<T>(invocation: Invocation, terminal: Terminal, work: (keycloak: Keycloak, target: Target) => Promise<T>): Promise<T> {
  const target = await resolveTarget(invocation, terminal);
  stayFrugal();
  const keycloak = openKeycloak(target);
  try {
    return await work(keycloak, target);
  } finally {
    await keycloak.close();
  }
}

/** One capture without a run around it; progress is not worth a word here. Refused where a part cannot be seen. */
export async function captureOnce(keycloak: Keycloak, knownClients: readonly string[] = []): Promise<Snapshot> {
  refuseHalfSight(await keycloak.connect(), keycloak.realm);
  const { snapshot } = await keycloak.capture({ knownClients, onProgress: () => undefined });
  refuseGaps(snapshot);
  return snapshot;
}

/** Reads evidence from this machine, from a cluster, and, for `realm:NAME`, from other realms of the server with the same login. */
export function evidenceWithRealms(cwd: string, target: Target, cluster?: ClusterEvidence): EvidenceReader {
  return createEvidenceReader({
    cwd,
    ...(cluster === undefined ? {} : { cluster }),
    captureRealm: async (realm) => {
      const other = openKeycloak({ ...target, realm });
      try {
        return await captureOnce(other);
      } finally {
        await other.close();
      }
    },
  });
}
