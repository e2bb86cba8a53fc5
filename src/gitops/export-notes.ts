/** What is left for people after an export: pure, one sentence each. */
import { isDeepStrictEqual } from 'node:util';
import { remainingIn, statedApart } from './remaining.ts';
import { openFile } from './artefacts/artefact.ts';
import { landingNotes } from './landing.ts';
import type { RealmState } from '../realm/model.ts';
import type { FoundFile } from './find-files.ts';
import type { PatchedFile } from './patch-file.ts';

/** "kubectl apply" keeps the whole object in an annotation that ends here, in bytes. */
const LAST_APPLIED = 262_144;
/** No ConfigMap or Secret holds more, in bytes. */
const CONFIG_MAP = 1_048_576;

export interface ExportParts {
  readonly realm: string;
  readonly live: RealmState;
  /** Files of the repository and copies of files outside of it. */
  readonly files: readonly PatchedFile[];
  readonly copies: readonly PatchedFile[];
  /** Every file that was looked at. */
  readonly seen: readonly FoundFile[];
}

export function exportNotes({ realm, live, files, copies, seen }: ExportParts): readonly string[] {
  return [
    ...files.flatMap((file) => file.notes.map((note) => `${file.path}: ${note}`)),
    ...copies.filter(({ before, after }) => before !== after).map(({ path }) => `${path} is a patched copy of a file outside of the repository; it is not in changes.patch.`),
    ...files.flatMap(sizeNotes),
    ...files.flatMap((file) => contentNotes(file, live)),
    ...apartNotes(files, realm),
    ...landingNotes(files, seen),
    ...(files.some((file) => file.realm !== null) ? [] : [`No file with realm ${realm} was found that could be patched.`]),
  ];
}

function sizeNotes({ path, artefact, before, after }: PatchedFile): readonly string[] {
  if (before === after || Buffer.byteLength(after) <= LAST_APPLIED) return [];
  // What a generator of kustomize or a chart makes a ConfigMap of.
  if (artefact === 'realm-json') return Buffer.byteLength(after) > CONFIG_MAP ? [`${path} has ${Buffer.byteLength(after)} bytes; a ConfigMap or Secret that is made of it ends at ${CONFIG_MAP}.`] : [];
  return openFile(path, after).yaml().flatMap((document) => {
    const object = document.toJS({ maxAliasCount: -1 }) as { readonly kind?: unknown; readonly metadata?: { readonly name?: unknown }; readonly data?: unknown; readonly stringData?: unknown } | null;
    const kind = object?.kind;
    if (kind !== 'ConfigMap' && kind !== 'Secret') return [];
    const [data, whole] = [Buffer.byteLength(JSON.stringify([object?.data ?? {}, object?.stringData ?? {}])), Buffer.byteLength(JSON.stringify(object))];
    const what = `${path}: ${kind} ${String(object?.metadata?.name ?? '')}`;
    if (data > CONFIG_MAP) return [`${what} has ${data} bytes, and the cluster takes ${CONFIG_MAP}: it will be refused. Split the realm, or mount it from elsewhere.`];
    return whole > LAST_APPLIED ? [`${what} has ${whole} bytes, and "kubectl apply" ends at ${LAST_APPLIED}: it needs --server-side, in Argo CD the sync option ServerSideApply=true. The cluster takes ${CONFIG_MAP}.`] : [];
  });
}

function contentNotes({ path, realm }: PatchedFile, live: RealmState): readonly string[] {
  if (!realm) return [];
  const left = remainingIn(realm, path, live);
  return [
    ...(left.length > 0 ? [`${path} still differs from live in ${left.length} ${left.length === 1 ? 'object that was left as it is' : 'objects that were left as they are'}: ${left.slice(0, 5).join(', ')}${left.length > 5 ? ', …' : ''}.`] : []),
    ...(JSON.stringify(realm).includes('"**********"') ? [`${path} has masked secrets (**********): an import would make the ten asterisks the secret. Put a placeholder there.`] : []),
  ];
}

/** The same realm in two files: whichever is applied last wins. */
function apartNotes(files: readonly PatchedFile[], realm: string): readonly string[] {
  const having = files.flatMap((file) => (file.realm ? [{ path: file.path, realm: file.realm }] : []));
  return having.flatMap((one, index) => having.slice(index + 1).flatMap((other) => {
    if (isDeepStrictEqual(one.realm, other.realm)) return [];
    const apart = statedApart(one.realm, other.realm, realm);
    return apart.length === 0 ? [] : [`${one.path} and ${other.path} both hold realm ${realm} and say different things of ${apart.length} ${apart.length === 1 ? 'object' : 'objects'} (${apart.slice(0, 3).join(', ')}${apart.length > 3 ? ', …' : ''}): what is applied last wins.`];
  }));
}
