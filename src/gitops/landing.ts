/** Edits that git takes and that the cluster may never see, or takes otherwise than people think: said beside the patch. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { isMap, isSeq } from 'yaml';
import type { Document } from 'yaml';
import { openFile } from './artefacts/artefact.ts';
import { lineOf } from './splice/text.ts';
import type { PatchedFile } from './patch-file.ts';

interface SeenFile {
  readonly path: string;
  readonly text: string;
}

/**
 * @param patched  the files of the export
 * @param all      every file of the repository that was looked at
 */
export function landingNotes(patched: readonly PatchedFile[], all: readonly SeenFile[]): readonly string[] {
  const changed = patched.filter(({ before, after }) => before !== after);
  return [
    ...changed.flatMap((file) => changedDocuments(file).flatMap((document) => ofDocument(document, file.path))),
    ...changed.filter(({ realm }) => realm !== null).flatMap(({ path }) => [...copiedIntoImages(path, all), ...ignoredByTerraform(path, all)]),
    ...(changed.some(({ realm }) => realm !== null) ? all.flatMap(ignoredByArgo) : []),
    ...configCliNotes(patched),
    ...writerNotes(patched),
  ];
}

function changedDocuments({ path, before, after }: PatchedFile): readonly Document[] {
  if (!/\.ya?ml$/i.test(path)) return [];
  const old = openFile(path, before).yaml();
  return openFile(path, after).yaml().filter((document, index) => !isDeepStrictEqual(document.toJS(WITH_ALIASES), old[index]?.toJS(WITH_ALIASES)));
}

/** How much aliases may make of a document was judged when it was opened. */
const WITH_ALIASES = { maxAliasCount: -1 };
const textIn = (document: Document, ...path: readonly string[]): string => {
  const value: unknown = document.getIn(path);
  return typeof value === 'string' ? value : '';
};

/** Controllers that make a Job anew instead of changing it. */
const RENEWED = [['argocd.argoproj.io/hook', /./], ['helm.sh/hook', /./], ['argocd.argoproj.io/sync-options', /(?:Replace|Force)=true/], ['kustomize.toolkit.fluxcd.io/force', /enabled/i]] as const;

function ofDocument(document: Document, path: string): readonly string[] {
  const [kind, name] = [textIn(document, 'kind'), textIn(document, 'metadata', 'name')];
  if (kind === 'Job' && name !== '' && !RENEWED.some(([annotation, value]) => value.test(textIn(document, 'metadata', 'annotations', annotation)))) {
    return [`${path}: the pods of Job ${name} cannot be changed in a cluster that has it: delete the Job before the sync, or give it another name.`];
  }
  return kind === 'KeycloakRealmImport' ? [`${path}: the operator reads KeycloakRealmImport ${name} once; the edit keeps git true and does not reach a realm that exists.`] : [];
}

/** `COPY realms/ /opt/keycloak/data/import/`: the context of a build is the directory of its Dockerfile, or the top of the repository. */
function copiedIntoImages(path: string, all: readonly SeenFile[]): readonly string[] {
  return all.filter(({ path: file, text }) => /(?:^|\/)(?:Dockerfile|Containerfile)(?:\.[\w.-]+)?$|\.(?:dockerfile|containerfile)$/i.test(file) && /keycloak/i.test(text)).flatMap((file) => {
    const home = file.path.slice(0, file.path.lastIndexOf('/') + 1);
    const found = copiesIn(file.text).find(({ sources }) => sources.some((source) => covers(home + source, path) || (!/^[./]*$/.test(source) && covers(source, path))));
    return found ? [`${path} is copied into an image (${file.path}:${found.line}): the edit lands when that image is built and rolled out, not by a sync.`] : [];
  });
}

function copiesIn(text: string): readonly { readonly line: number; readonly sources: readonly string[] }[] {
  return [...text.matchAll(/^[ \t]*(?:COPY|ADD)[ \t]+((?:\\\r?\n|[^\n])*)/gim)].flatMap((match) => {
    const words = (match[1] ?? '').split(/[\s"',[\]\\]+/).filter((word) => word !== '');
    return words.length < 2 || words.some((word) => word.startsWith('--from=')) ? [] : [{ line: lineOf(text, match.index), sources: words.filter((word) => !word.startsWith('--')).slice(0, -1) }];
  });
}

/** Whether what a COPY names has a file in it: the file, a directory above it, or a pattern in one directory. */
function covers(source: string, path: string): boolean {
  const wanted = source.replace(/^\.?\//, '').replace(/(?:^|\/)\.?\/?$/, '');
  if (wanted.includes('*')) return new RegExp(`^${wanted.split('*').map((part) => part.replace(/[^\w/]/g, '\\$&')).join('[^/]*')}(?:/|$)`).test(path);
  return wanted === '' || path === wanted || path.startsWith(`${wanted}/`);
}

function ignoredByTerraform(path: string, all: readonly SeenFile[]): readonly string[] {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return all.filter(({ path: file, text }) => /\.tf$/i.test(file) && resourcesIn(text).some((resource) => resource.includes(`${name}"`) && /\bignore_changes\b/.test(resource)))
    .map(({ path: file }) => `${path} is read by ${file}, which has ignore_changes: an apply may leave the edit out.`);
}

const resourcesIn = (text: string): readonly string[] => text.replace(/(?:#|\/\/).*$/gm, '').split(/^(?=resource\s)/m);

/** Differences that Argo CD neither shows nor, with RespectIgnoreDifferences, applies. */
function ignoredByArgo({ path, text }: SeenFile): readonly string[] {
  if (!/\.ya?ml$/i.test(path) || !text.includes('ignoreDifferences')) return [];
  return openFile(path, text).yaml().flatMap((document) => {
    const within = textIn(document, 'kind') === 'ApplicationSet' ? ['spec', 'template', 'spec'] : ['spec'];
    const rules: unknown = document.getIn([...within, 'ignoreDifferences'], true);
    const ignores = isSeq(rules) && rules.items.some((rule) => isMap(rule) && ['ConfigMap', 'Secret', '*'].includes(String(rule.get('kind'))) && /"\/?\.?(?:data|stringData)\b|managedFieldsManagers/.test(JSON.stringify(rule)));
    return ignores && JSON.stringify(document.getIn([...within, 'syncPolicy', 'syncOptions'], false) ?? '').includes('RespectIgnoreDifferences=true')
      ? [`${path}: Application ${textIn(document, 'metadata', 'name')} ignores differences of ConfigMaps and respects that when it syncs: the edit may not be applied.`] : [];
  });
}

/** keycloak-config-cli applies a file as a whole as soon as one byte of it has changed; it knows no other way of skipping than to fail. */
function configCliNotes(patched: readonly PatchedFile[]): readonly string[] {
  const runs = patched.flatMap(({ findings }) => findings).filter(({ setting, class: verdict }) => /^keycloak-?config-?cli/i.test(setting) && verdict !== 'inert');
  if (runs.length === 0 || !patched.some(({ realm, before, after }) => realm !== null && before !== after)) return [];
  const open = runs.filter(({ class: verdict, done }) => verdict === 'destructive' && done.startsWith('left as it is'));
  return open.length > 0
    ? open.map(({ file, line }) => `${file}:${line} runs keycloak-config-cli without a guard, and any changed byte makes it apply the whole file: set IMPORT_BEHAVIORS_CHECKSUM_CHANGED=fail there and let that land before this patch.`)
    : [`keycloak-config-cli (${runs[0]?.file}) will end with an error at its next run, because the file has changed: that is its guard. Take the guard away for one run only when the file says everything that is live.`];
}

const CONTROLLED = /^(?:KeycloakOIDCClient|KeycloakSAMLClient|KeycloakRealm|KeycloakClient|keycloak_\w+)$/;

/** Objects with configuration of their own, in another form than a realm file. */
function writerNotes(patched: readonly PatchedFile[]): readonly string[] {
  return patched.flatMap(({ path, findings }) => {
    const own = findings.filter(({ setting, class: verdict }) => CONTROLLED.test(setting) && verdict === 'destructive');
    const kinds = [...new Set(own.map(({ setting }) => setting))];
    return own.length === 0 ? [] : [`${path} has ${own.length} ${own.length === 1 ? 'object' : 'objects'} (${kinds.join(', ')}) that this tool does not edit: make them say what is live, or their controller undoes it.`];
  });
}
