/**
 * Ports that load their adapters when they are first used. The first frame has to stand before a network is touched,
 * and undici, yaml and their like cost more than everything that it shows (npm run bench).
 */
import type { Api } from '../keycloak/api.ts';
import type { Target } from '../keycloak/target.ts';
import type { Snapshot } from '../realm/snapshot.ts';
import { stayFrugal } from './frugal.ts';
import type { EvidenceReader, Exporter, Keycloak } from '../runner/ports.ts';

export function lazyKeycloak(target: Target): Keycloak {
  let api: Api | undefined;
  let loaded: Keycloak | undefined;
  const connection = async (): Promise<Api> => {
    const { openApi } = await import('../keycloak/api.ts');
    api ??= openApi(target);
    return api;
  };
  const load = async (): Promise<Keycloak> => {
    const [{ openKeycloak }, opened] = [await import('../keycloak/keycloak.ts'), await connection()];
    stayFrugal();
    loaded ??= openKeycloak(target, opened);
    return loaded;
  };
  return {
    realm: target.realm,
    // A server takes about a tenth of a second for a password; everything else is loaded meanwhile. What fails here fails for `connect`, too.
    begin: () => connection().then(({ tokens }) => tokens.begin(), () => undefined),
    connect: async () => (await load()).connect(),
    capture: async (request) => (await load()).capture(request),
    facts: async () => (await load()).facts(),
    clearCaches: async () => (await load()).clearCaches(),
    send: async (request, references) => (await load()).send(request, references),
    look: async (look, references) => (await load()).look(look, references),
    // Nothing is described before the run has connected.
    describe: (request, references) => loaded?.describe(request, references) ?? '',
    prove: async (request) => (await load()).prove(request),
    before: async (request) => (await (await load()).before?.(request)) ?? [],
    close: async () => (api && (await load()).close()),
  };
}

/**
 * @param cwd  the directory that relative paths are meant from
 * @param read what has been read already, by spec: each is handed out once, and kept by whoever asked for it
 */
export function lazyEvidence(cwd: string, target: Target, read: Map<string, Snapshot> = new Map()): EvidenceReader {
  const load = async () => (await import('./live.ts')).evidenceWithRealms(cwd, target);
  const handOut = (spec: string): Snapshot | undefined => {
    const known = read.get(spec);
    read.delete(spec);
    return known;
  };
  return { read: async (spec, realm) => handOut(spec) ?? (await load()).read(spec, realm), find: async (request) => (await load()).find(request) };
}

export function lazyExporter(): Exporter {
  return { export: async (request) => (await import('../gitops/exporter.ts')).createExporter({ now: Date.now }).export(request) };
}
