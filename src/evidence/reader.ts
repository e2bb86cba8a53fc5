import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fingerprint } from '../realm/canonical.ts';
import { RescueError } from '../realm/errors.ts';
import { readState } from '../realm/state.ts';
import { realmAmong, type ClusterEvidence } from './cluster.ts';
import { judge } from './completeness.ts';
import { MAX_CHARACTERS, realmInText, unreadable, type FoundRealm } from './document.ts';
import { findCandidates } from './find.ts';
import { readGitFile } from './git-file.ts';
import { readSnapshotText } from './snapshot-file.ts';
import { isClusterSpec, parseSpec } from './spec.ts';
import type { Snapshot } from '../realm/snapshot.ts';
import type { EvidenceReader } from '../runner/ports.ts';
import type { Spec } from './spec.ts';

export interface EvidenceOptions {
  /** Relative paths of specs start here. */
  readonly cwd: string;
  /** Reads another realm of the same server, for `realm:NAME`. */
  readonly captureRealm?: (name: string) => Promise<Snapshot>;
  /** Reads what lies in the cluster that is named or usual. */
  readonly cluster?: ClusterEvidence;
}

/**
 * Reads what should be in a realm: files, git revisions, earlier snapshots, another realm, objects of a cluster; and finds candidates in a repository.
 * `read` throws RescueError `usage`, `git`, `evidence-unreadable` or `evidence-other-realm`, and what a server or a cluster refuses.
 */
export function createEvidenceReader(options: EvidenceOptions): EvidenceReader {
  return {
    read: async (spec, realm) => readSpec(parseSpec(spec), spec, realm, options),
    find: ({ repo, realm }) => (repo === null ? Promise.resolve([]) : findCandidates(repo, realm, options.cwd)),
  };
}

/** The absolute paths of the files that specs name: for `git:` the file in the working tree, which the export will patch. */
export function specFiles(specs: readonly string[], cwd: string): string[] {
  const files = specs.flatMap((text) => {
    const spec = parseSpec(text);
    return spec.type === 'file' || spec.type === 'git' ? [path.resolve(cwd, spec.path)] : [];
  });
  return [...new Set(files)];
}

async function readSpec(spec: Spec, given: string, realm: string, options: EvidenceOptions): Promise<Snapshot> {
  if (spec.type === 'realm') {
    if (!options.captureRealm) throw new RescueError('usage', `Realm ${spec.name} cannot be read as evidence here, because no server is connected.`, ['Use file:PATH, git:PATH@REVISION or snapshot:PATH.']);
    return { ...(await options.captureRealm(spec.name)), source: `realm:${spec.name}` };
  }
  if (isClusterSpec(spec)) {
    if (!options.cluster) throw new RescueError('usage', `${given} lies in a cluster, and none is named.`, ['Name one with --kubeconfig FILE, --context NAME or KUBECONFIG.']);
    const { capturedAt, notes, ...found } = realmAmong(await options.cluster.read(spec), spec, given, realm);
    return snapshotOf(found, given, capturedAt, realm, notes);
  }
  const absolute = path.resolve(options.cwd, spec.path);
  if (spec.type === 'git') {
    const { text, date } = await readGitFile(absolute, spec.revision);
    return snapshotOf(realmInText(spec.path, text, realm), `git:${spec.path}@${spec.revision}`, date, realm);
  }
  const { text, modified } = await readText(absolute, spec.path);
  if (spec.type === 'snapshot') return readSnapshotText(text, spec.path, realm);
  // A snapshot that is given as a file is a snapshot: nobody should have to know the word.
  if (text.includes('"realm-rescue/snapshot/')) return readSnapshotText(text, spec.path, realm);
  return snapshotOf(realmInText(spec.path, text, realm), given.startsWith('file:') ? given : `file:${given}`, modified, realm);
}

async function readText(absolute: string, name: string): Promise<{ readonly text: string; readonly modified: string }> {
  const status = await stat(absolute).catch((cause: unknown) => {
    throw unreadable(`${name} does not exist or cannot be opened.`, ['Check the path; it is taken from the directory in which the tool was started.'], cause);
  });
  if (!status.isFile()) throw unreadable(`${name} is not a file.`, ['Name the realm file itself.']);
  if (status.size > MAX_CHARACTERS) throw unreadable(`${name} is larger than 64 MiB.`, ['Use an export without users (kc.sh export --users skip).']);
  const bytes = await readFile(absolute).catch((cause: unknown) => {
    throw unreadable(`${name} cannot be read.`, ['Check the rights of the file.'], cause);
  });
  return { text: bytes.toString('utf8'), modified: status.mtime.toISOString() };
}

function snapshotOf({ representation, where }: FoundRealm, source: string, capturedAt: string, realm: string, more: readonly string[] = []): Snapshot {
  const { completeness, notes } = judge(representation);
  const head = { realm, source, completeness, representation };
  return {
    schema: 'realm-rescue/snapshot/v1', ...head, capturedAt, serverVersion: representation.keycloakVersion ?? null,
    fingerprint: fingerprint(readState(head)), notes: [...(where === '' ? [] : [`read from ${where}`]), ...more, ...notes],
  };
}
