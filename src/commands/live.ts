import { openKeycloak } from '../keycloak/keycloak.ts';
import type { Keycloak } from '../runner/ports.ts';
import type { Snapshot } from '../realm/snapshot.ts';
import type { Terminal } from '../ui/terminal.ts';
import type { Invocation } from './table.ts';
import { resolveTarget } from './target.ts';

/** Opens the target, hands it to the work, and closes it whatever happens. */
export async function withKeycloak<T>(invocation: Invocation, terminal: Terminal, work: (keycloak: Keycloak) => Promise<T>): Promise<T> {
  const keycloak = openKeycloak(await resolveTarget(invocation, terminal));
  try {
    return await work(keycloak);
  } finally {
    await keycloak.close();
  }
}

/** One capture without a run around it; progress is not worth a word here. */
export async function captureOnce(keycloak: Keycloak, knownClients: readonly string[] = []): Promise<Snapshot> {
  await keycloak.connect();
  const { snapshot } = await keycloak.capture({ knownClients, onProgress: () => undefined });
  return snapshot;
}
