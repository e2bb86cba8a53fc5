/** Evidence that lies in the cluster, or lay there until a few minutes ago. */
import { RescueError } from '../realm/errors.ts';
import { count } from '../runbook/lines.ts';
import type { EvidenceCandidate } from '../runbook/model.ts';
import { place } from '../runbook/cluster.ts';
import type { EffectContext } from './context.ts';
import { counts } from './counts.ts';

/** Versions that the API server still remembered and that hold the realm; they are files of this session by now. */
export async function rememberedCandidates(context: EffectContext): Promise<readonly EvidenceCandidate[]> {
  const { ports } = context;
  const carriers = (context.state().cluster.remembered ?? []).filter(({ object }) => object.resource.kind === 'ConfigMap' || object.resource.kind === 'Secret');
  const read = await Promise.all(carriers.map(async ({ object, file, lastWrite }): Promise<EvidenceCandidate | null> => {
    const spec = `file:${ports.store.directory}/${file}`;
    const snapshot = await tolerated(() => context.memory.source(spec));
    if (snapshot === null) return null;
    const { clients = 0, mappers = 0, 'client scopes': scopes = 0 } = counts(snapshot.representation);
    const by = lastWrite === null ? '' : ` · written by ${lastWrite.manager}`;
    return { spec, title: `${object.resource.kind} ${place(object)} before it was overwritten`, date: lastWrite?.time ?? null, detail: `states ${count(clients, 'client')}, ${count(scopes, 'scope')}, ${count(mappers, 'mapper')}; the API server still remembered it${by}`, recommended: false };
  }));
  return read.filter((candidate) => candidate !== null);
}

/** What is in the cluster now and holds the realm. A cluster that does not answer any more takes no other source away. */
export async function clusterCandidates({ ports, state }: EffectContext): Promise<readonly EvidenceCandidate[]> {
  const { cluster } = ports;
  const from = state().run?.settings.from ?? null;
  if (!cluster || from === null) return [];
  return (await tolerated(() => cluster.candidates(from, ports.keycloak.realm))) ?? [];
}

async function tolerated<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof RescueError) return null;
    throw error;
  }
}
