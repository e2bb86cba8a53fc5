import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { topOf, tryGit } from './git.ts';
import { MENTIONED, MENTIONS } from './launches/mentions.ts';

/** A file to look at: its bytes as text, and where it lies. */
export interface FoundFile {
  readonly path: string;
  readonly absolute: string;
  readonly text: string;
}

export interface Repository {
  /** Top directory. */
  readonly top: string;
  readonly git: boolean;
}

/** Larger files are not read: no artefact is that large, and a ConfigMap ends at 1 MiB. */
const MAX_BYTES = 32 * 1024 * 1024;
const SKIPPED = new Set(['.git', 'node_modules', '.terraform', 'vendor', 'dist']);
/** `realm:` finds YAML, `"realm"` finds JSON, in any quoting a scalar may have. */
const REALM_TEXTS = ['realm"', 'realm\\"', 'realm:', 'ENC[AES256_GCM'];

/** The repository of a directory: the working tree's top, or the directory itself where it is none. */
export async function repositoryOf(directory: string): Promise<Repository> {
  const top = await topOf(directory);
  return top === null ? { top: directory, git: false } : { top, git: true };
}

/** What may hold a setting, by its name. */
const LINTABLE = /\.(?:ya?ml|json|sh|bash|zsh|ksh|ps1|bat|cmd|env|just|properties|tf|tfvars|tpl|tmpl|gotmpl|tftpl|j2|erb|template|service|mk|dockerfile|containerfile)$|(?:^|[/])(?:Dockerfile|Containerfile|Makefile|GNUmakefile|justfile|Jenkinsfile|entrypoint|\.env)[^/]*$/i;

export const lintable = (relative: string): boolean => LINTABLE.test(relative);

/** What may be a script by its first line: a name without an extension. */
export const maybeScript = (relative: string): boolean => /(?:^|[/])[^/.]+$/.test(relative) && !LINTABLE.test(relative);

/** Every file below a directory, relative to the top: in a working tree what git tracks or would track. */
export async function listFiles({ top, git, below }: Repository & { readonly below: string }): Promise<readonly string[]> {
  if (!git) return (await walkAll(top, '')).toSorted();
  const answer = await tryGit(['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', below], { cwd: top });
  return [...new Set(answer.stdout.split('\0').filter((line) => line !== ''))].toSorted();
}

/** Files of a repository that mention a realm or a strategy setting: what git tracks, or all below a plain directory. */
export async function filesOf({ top, git }: Repository): Promise<readonly FoundFile[]> {
  const paths = git ? await grep(top) : (await walkAll(top, '')).filter(lintable);
  const files = await Promise.all(paths.map((relative) => readText(path.join(top, relative), relative)));
  return files.flatMap((file) => file ?? []).filter(({ text }) => git || MENTIONS.test(text) || REALM_TEXTS.some((part) => text.includes(part)));
}

async function grep(top: string): Promise<readonly string[]> {
  const patterns = [...REALM_TEXTS, ...MENTIONED].flatMap((text) => ['-e', text]);
  const answer = await tryGit(['grep', '-lzIF', ...patterns, '--', '.'], { cwd: top });
  return answer.stdout.split('\0').filter((line) => line !== '');
}

async function walkAll(top: string, below: string): Promise<readonly string[]> {
  const entries = await readdir(path.join(top, below), { withFileTypes: true });
  const found = await Promise.all(entries.map((entry) => {
    const relative = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : walkAll(top, relative);
    return entry.isFile() ? [relative] : [];
  }));
  return found.flat();
}

/** A regular file's text; null for links (they may lead out of the repository), large files and bytes that are no UTF-8. */
export async function readText(absolute: string, relative: string): Promise<FoundFile | null> {
  const status = await lstat(absolute).catch(() => null);
  if (!status?.isFile() || status.size > MAX_BYTES) return null;
  const bytes = await readFile(absolute);
  // ignoreBOM keeps the mark as a character, so that it is written again.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return { path: relative.split(path.sep).join('/'), absolute, text: decoder.decode(bytes) };
  } catch {
    return null;
  }
}
