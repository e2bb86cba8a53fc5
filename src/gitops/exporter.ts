import { realpath, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { checkExportBranch, commitOnBranch } from './branch.ts';
import { exportNotes } from './export-notes.ts';
import { secretsOf, undeclaredIn } from './content/secrets.ts';
import { filesOf, readText, repositoryOf } from './find-files.ts';
import { tryGit } from './git.ts';
import { guardSecrets, shownIn } from './guard.ts';
import { commitMessage, secretsText } from './message.ts';
import { filesNaming, newSecretText } from './naming.ts';
import { patchFile } from './patch-file.ts';
import { pullRequestText } from './pull-request.ts';
import { unifiedDiff } from './unified.ts';
import { makeDirectories } from '../journal/files.ts';
import { RescueError } from '../realm/errors.ts';
import type { SecretToCreate } from './content/secrets.ts';
import type { FoundFile, Repository } from './find-files.ts';
import type { PatchedFile } from './patch-file.ts';
import type { ExportedFile, Exported } from '../runbook/model.ts';
import type { Exporter, ExportRequest } from '../runner/ports.ts';

/**
 * The git-ready export: patched files under their repository paths, `changes.patch`, `COMMIT_MESSAGE`, `PULL_REQUEST.md`,
 * `secrets-to-create.txt`, and on request
 * a branch with one commit. Writes only below `request.directory` (and objects and one ref of the repository); never pushes.
 *
 * @param now  milliseconds since the epoch; the date of the commit
 */
export function createExporter({ now }: { readonly now: () => number }): Exporter {
  return { export: (request) => exportToGit(request, now) };
}

async function exportToGit(given: ExportRequest, now: () => number): Promise<Exported> {
  const repository = given.repo === null ? null : await repositoryOf(await existingDirectory(given.repo));
  const request = repository === null ? given : withinRepository(given, repository.top);
  if (request.branch !== null) await checkExportBranch(repository, request.branch, request.session);
  const { inside, outside } = await gather(request, repository);
  const patched = inside.flatMap((file) => patchFile(file.path, file.text, request) ?? []);
  const copies = outside.flatMap((file) => patchFile(file.path, file.text, request) ?? []);
  const everything = [...patched, ...copies];
  const renewed = await filesNaming(repository, request.newSecrets ?? []);
  const notes = [...exportNotes({ realm: request.realm, live: request.live, files: everything, copies, seen: [...inside, ...outside] }), ...renewed.map(newSecretText)];
  const known = secretsOf(request.live.representation);
  const hidden = new Set([...known, ...everything.flatMap(({ realm }) => [...secretsOf(realm), ...undeclaredIn(realm, request.live.representation.settingDescriptions)])]);
  const diffs = new Map(everything.map((file) => [file, diffOf(file, hidden)]));
  const patch = patched.map((file) => diffs.get(file)?.text ?? '').join('');
  const shown = shownIn(patch, hidden);
  if (shown > 0) notes.push(`changes.patch shows ${shown} ${shown === 1 ? 'secret' : 'secrets'} that git already holds in clear, beside changed lines.`);
  const secrets = uniqueSecrets(everything);
  const message = commitMessage({ ...request, files: everything, notes });
  const texts = { 'COMMIT_MESSAGE': message, 'PULL_REQUEST.md': pullRequestText({ ...request, files: everything, notes, secrets }), 'secrets-to-create.txt': secretsText(secrets, request.realm, renewed) };
  guardSecrets(known, everything.map((file) => ({ ...file, added: diffs.get(file)?.addedText ?? file.after })), texts);

  await writeAll(request.directory, everything, patch, texts);
  const changed = patched.filter(({ before, after }) => before !== after);
  const applyCheck = patch === '' || repository === null ? null : await checkPatch(repository, path.join(request.directory, 'changes.patch'));
  const commit = request.branch !== null && repository && changed.length > 0
    ? await commitOnBranch({ top: repository.top, branch: request.branch, files: changed.map((file) => ({ path: file.path, text: file.after })), message, session: request.session, at: now(), scratch: request.directory }) : null;
  return {
    directory: request.directory, patch: patch === '' ? null : path.join(request.directory, 'changes.patch'),
    files: everything.flatMap((file) => exportedFile(file, diffs.get(file) ?? { added: 0, removed: 0 })),
    strategy: everything.flatMap(({ findings }) => findings), secretsToCreate: secrets.map(({ name }) => name),
    applyCheck, branch: commit === null ? null : request.branch, commit, notes,
  };
}

/** Reasons name evidence as this machine calls it; whoever reads a commit knows the repository only. */
function withinRepository(request: ExportRequest, top: string): ExportRequest {
  return { ...request, differences: request.differences.map((difference) => ({ ...difference, because: difference.because.replaceAll(`${top}${path.sep}`, '') })) };
}

async function existingDirectory(repo: string): Promise<string> {
  return realpath(repo).catch((cause: unknown) => {
    throw new RescueError('usage', `The git working tree ${repo} does not exist here.`, ['Name it with --repo DIR, as it is called on this machine.'], { cause });
  });
}

/** Files of the repository, and evidence files; those that lie outside of a given repository become patched copies beside the patch. */
async function gather(request: ExportRequest, repository: Repository | null): Promise<{ readonly inside: readonly FoundFile[]; readonly outside: readonly FoundFile[] }> {
  const inside = new Map<string, FoundFile>();
  const outside = new Map<string, FoundFile>();
  if (repository) for (const file of await filesOf(repository)) inside.set(file.absolute, file);
  for (const given of request.evidenceFiles) {
    const absolute = await realpath(given).catch(() => given);
    const relative = repository ? path.relative(repository.top, absolute) : path.basename(absolute);
    const within = !relative.startsWith('..') && !path.isAbsolute(relative);
    const target = within ? inside : outside;
    const file = inside.has(absolute) ? null : await readText(absolute, within ? relative : path.join('outside', path.basename(absolute)));
    if (file && ![...target.values()].some((other) => other.path === file.path)) target.set(absolute, file);
  }
  const byPath = (files: Map<string, FoundFile>) => [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { inside: byPath(inside), outside: byPath(outside) };
}

/** Less context where more would show a secret that git holds in clear. */
function diffOf(file: PatchedFile, hidden: ReadonlySet<string>) {
  const hides = (line: string) => shownIn(line, hidden) > 0;
  const diff = unifiedDiff(file, hides, 3);
  return shownIn(diff.text, hidden) > 0 ? unifiedDiff(file, hides, 1) : diff;
}

function uniqueSecrets(files: readonly PatchedFile[]): readonly SecretToCreate[] {
  return [...new Map(files.flatMap(({ secrets }) => secrets.map((secret) => [secret.name, secret] as const))).values()];
}

/** Files may hold secrets that git holds in clear: only the owner reads them. */
async function writeAll(directory: string, files: readonly PatchedFile[], patch: string, texts: Readonly<Record<string, string>>): Promise<void> {
  try {
    makeDirectories(directory);
    for (const { path: name, after } of files.filter(({ before, after }) => before !== after)) {
      makeDirectories(path.dirname(path.join(directory, name)));
      await writePrivate(path.join(directory, name), after);
    }
    const patchFile = path.join(directory, 'changes.patch');
    if (patch === '') await rm(patchFile, { force: true });
    else await writePrivate(patchFile, patch);
    for (const [name, text] of Object.entries(texts)) await writePrivate(path.join(directory, name), text);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new RescueError('disk', `The export cannot be written to ${directory}${code}.`, ['Free some space or choose another directory with --out.'], { cause: error });
  }
}

/** A file that is there already keeps its mode when it is written again, so it is made anew. */
async function writePrivate(file: string, text: string): Promise<void> {
  await rm(file, { force: true });
  await writeFile(file, text, { mode: 0o600 });
}

/** Null where there is no git to ask. */
async function checkPatch(repository: Repository, patch: string): Promise<{ readonly ok: boolean; readonly message: string } | null> {
  const answer = await tryGit(['apply', '--check', '--whitespace=nowarn', path.resolve(patch)], { cwd: repository.top }).catch((error: unknown) => {
    if (error instanceof RescueError) return null;
    throw error;
  });
  if (answer === null) return null;
  return answer.code === 0 ? { ok: true, message: 'git apply --check passes' } : { ok: false, message: answer.stderr.trim().split('\n')[0] ?? 'git apply --check fails' };
}

function exportedFile(file: PatchedFile, { added, removed }: { readonly added: number; readonly removed: number }): readonly ExportedFile[] {
  if (file.before === file.after && file.refusal === null && file.realm === null) return [];
  return [{ path: file.path, artefact: file.artefact, added, removed, changes: file.changes, refusal: file.refusal }];
}
