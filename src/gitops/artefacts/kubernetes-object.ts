import { isMap, isScalar } from 'yaml';
import type { Document, Node } from 'yaml';
import type { SourceFile } from './artefact.ts';

/** A Kubernetes object in a file of one or several documents. */
export interface ObjectInFile {
  readonly document: Document.Parsed;
  readonly kind: string;
  readonly name: string;
}

/** The Kubernetes objects of a file; a file without `kind:` costs no parsing. */
export function objectsIn(file: SourceFile): readonly ObjectInFile[] {
  if (!/(?:^|[\s"{,])kind"?\s*:/.test(file.text)) return [];
  return file.yaml().flatMap((document) => {
    const kind = textAt(document, ['kind']);
    return kind && textAt(document, ['apiVersion']) ? [{ document, kind, name: textAt(document, ['metadata', 'name']) ?? '' }] : [];
  });
}

export function textAt(document: Document.Parsed, path: readonly string[]): string | undefined {
  const value: unknown = document.getIn(path);
  return typeof value === 'string' ? value : undefined;
}

/** The entries of a mapping below a document, with their value nodes. */
export function entriesAt(document: Document.Parsed, path: readonly string[]): readonly { readonly key: string; readonly node: Node }[] {
  const map: unknown = document.getIn(path, true);
  if (!isMap(map)) return [];
  return map.items.flatMap((pair) => (isScalar(pair.key) && pair.value ? [{ key: String(pair.key.value), node: pair.value as Node }] : []));
}
