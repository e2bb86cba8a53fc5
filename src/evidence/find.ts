import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { git, topOf, tryGit } from '../gitops/git.ts';
import { openFile } from '../gitops/artefacts/artefact.ts';
import { recognise } from '../gitops/artefacts/index.ts';
import type { ObjectId } from '../realm/model.ts';
import { objectId } from '../realm/keys.ts';
import { readState } from '../realm/state.ts';
import { asRepresentation } from '../realm/representation-shape.ts';
import type { EvidenceCandidate } from '../runbook/model.ts';

/** Files looked at, and newest revisions of each that are shown: a person chooses from a screen. */
const MOST_FILES = 16;
const MOST_REVISIONS = 12;
/** How far a file's history is walked for a revision that something was dropped from: revisions, and bytes read of them. */
const FURTHEST = 200;
const MOST_BYTES = 64 * 1024 * 1024;

interface Revision {
  readonly file: string;
  readonly commit: string;
  readonly date: string;
  readonly subject: string;
  readonly clients: number;
  readonly scopes: number;
  readonly mappers: number;
  readonly objects: number;
  /** The next newer revision of the file, where it has less than this one. */
  readonly droppedBy: { readonly commit: string; readonly author: string; readonly objects: number } | null;
}

/**
 * The revisions of all files in a repository that hold a realm, newest first: the newest ones, and further back each that a later commit took
 * something out of, with that commit and its author. The one that states most objects is recommended: a stale file that overwrote the realm
 * has fewer. Gives nothing for a directory that is no git working tree.
 *
 * @param cwd  specs are written relative to it where the repository lies below
 */
export async function findCandidates(repo: string, realm: string, cwd: string): Promise<readonly EvidenceCandidate[]> {
  const top = await topOf(repo);
  if (top === null) return [];
  const files = await filesWithRealm(top, realm);
  const revisions = (await Promise.all(files.map((file) => revisionsOf(top, file, realm)))).flat();
  revisions.sort((a, b) => (a.date === b.date ? b.objects - a.objects : a.date < b.date ? 1 : -1));
  const most = Math.max(0, ...revisions.map(({ objects }) => objects));
  const best = revisions.find(({ objects }) => objects === most);
  const base = path.relative(await realpath(cwd), top);
  return revisions.map((revision) => candidate(revision, revision === best, revisions.length, base.startsWith('..') ? top : base));
}

function candidate(revision: Revision, best: boolean, of: number, base: string): EvidenceCandidate {
  const short = revision.commit.slice(0, 7);
  const states = `states ${count(revision.clients, 'client')}, ${count(revision.scopes, 'scope')}`;
  const dropped = revision.droppedBy ? `; ${revision.droppedBy.commit.slice(0, 7)} (${revision.droppedBy.author}) dropped ${count(revision.droppedBy.objects, 'object')} of it` : '';
  const why = best && of > 1 ? `; the most of all ${of} revisions (${count(revision.mappers, 'mapper')}, ${count(revision.objects, 'object')})` : '';
  return {
    spec: `git:${path.join(base, revision.file)}@${short}`, title: `${revision.file} @ ${short}`, date: revision.date,
    detail: `${states}${why}${dropped} · ${revision.subject}`, recommended: best,
  };
}

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;

async function filesWithRealm(top: string, realm: string): Promise<readonly string[]> {
  const answer = await tryGit(['grep', '-lzIE', '-e', `realm\\\\?["']?[[:space:]]*:[[:space:]]*\\\\?["']?${escaped(realm)}`, '--', '.'], { cwd: top });
  return answer.stdout.split('\0').filter((file) => /\.(?:json|ya?ml)$/i.test(file)).slice(0, MOST_FILES);
}

const escaped = (text: string) => text.replace(/[^A-Za-z0-9_-]/g, '.');

const STUB: ReadonlySet<ObjectId> = new Set(['enabled', 'displayName', 'displayNameHtml'].map((field) => objectId('realm-setting', field)));

async function revisionsOf(top: string, file: string, realm: string): Promise<readonly Revision[]> {
  const log = await git(['log', `-n${FURTHEST}`, '--format=%H%x09%cI%x09%an%x09%s', '--', `:(literal)${file}`], { cwd: top });
  const found: Revision[] = [];
  let newer: { readonly ids: ReadonlySet<ObjectId>; readonly commit: string; readonly author: string } | null = null;
  let bytes = 0;
  for (const line of log.split('\n').filter((text) => text !== '')) {
    const [commit = '', date = '', author = '', ...subject] = line.split('\t');
    const shown = await tryGit(['cat-file', 'blob', `${commit}:${file}`], { cwd: top });
    bytes += shown.stdout.length;
    if (bytes > MOST_BYTES && found.length > 0) break;
    const site = shown.code === 0 ? recognise(openFile(file, shown.stdout))?.realms.find((candidate) => candidate.realm === realm) : undefined;
    if (!site) continue;
    const representation = asRepresentation(site.value);
    if (typeof representation === 'string') continue;
    const { objects } = readState({ realm, source: `git:${file}@${commit}`, completeness: 'stated', representation });
    // A stub that says nothing but what the realm is called and that it is on is no evidence.
    if ([...objects.keys()].every((id) => STUB.has(id))) continue;
    const ids = new Set(objects.keys());
    const gone = newer ? [...ids].filter((id) => !newer?.ids.has(id)).length : 0;
    const droppedBy = newer && gone > 0 ? { commit: newer.commit, author: newer.author, objects: gone } : null;
    newer = { ids, commit, author };
    if (found.length >= MOST_REVISIONS && !droppedBy) continue;
    const mappers = [...objects.values()].filter(({ kind }) => kind === 'client-mapper' || kind === 'client-scope-mapper').length;
    found.push({
      file, commit, date: new Date(date).toISOString(), subject: subject.join(' '), clients: representation.clients?.length ?? 0,
      scopes: representation.clientScopes?.length ?? 0, mappers, objects: objects.size, droppedBy,
    });
  }
  return found;
}
